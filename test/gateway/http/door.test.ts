import http from 'node:http';
import { expect, test } from 'vitest';
import { Door, type DoorOptions, type DoorRequest } from '../../../src/platform/http/door-check.js';
import { verifies } from '../../requirements.js';
import { post, raw, requestText, serving } from './serving.js';

verifies('http:host', 'http:origin', 'http:cors');

const LOCAL: DoorOptions = { host: '127.0.0.1', allowedHosts: [], allowedOrigins: [] };
const PUBLIC: DoorOptions = {
  host: '0.0.0.0',
  allowedHosts: ['guard.example.com', 'other.example.com:8443'],
  allowedOrigins: ['https://app.example.com'],
};

function check(
  options: DoorOptions,
  headers: Record<string, string>,
  localAddress = '127.0.0.1',
): string | undefined {
  const request: DoorRequest = {
    url: '/mcp',
    method: 'POST',
    headers,
    rawHeaders: Object.entries(headers).flat(),
    socket: { localAddress },
  };
  const result = new Door(options).check(request);
  return result.kind === 'refused' ? `${result.refusal.status} ${result.refusal.reason}` : undefined;
}

test.each<[string, DoorOptions, string, string | undefined]>([
  ['its own address', LOCAL, '127.0.0.1:7474', undefined],
  ['a name of loopback', LOCAL, 'localhost:7474', undefined],
  ['the same with another port, as behind a forwarder', LOCAL, 'LocalHost:80', undefined],
  ['loopback as IPv6', LOCAL, '[::1]:7474', undefined],
  ['a name that an attacker points here', LOCAL, 'evil.example.com', '403 host'],
  ['a look-alike', LOCAL, 'localhost.evil.example.com', '403 host'],
  ['a name that ends alike', LOCAL, '127.0.0.1.nip.io', '403 host'],
  ['every address', LOCAL, '0.0.0.0:7474', '403 host'],
  ['credentials in front', LOCAL, 'localhost@evil.example.com', '403 host'],
  ['nothing', LOCAL, '', '403 host'],
  ['garbage', LOCAL, 'localhost:port', '403 host'],
  ['a name that the config allows', PUBLIC, 'guard.example.com', undefined],
  ['the same with a port', PUBLIC, 'guard.example.com:8080', undefined],
  ['one that is allowed with its port', PUBLIC, 'other.example.com:8443', undefined],
  ['that one with another port', PUBLIC, 'other.example.com', '403 host'],
  ['the address that the connection came to, as probes use it', PUBLIC, '10.0.0.7:7474', undefined],
  ['another address', PUBLIC, '10.0.0.8:7474', '403 host'],
])('Host: %s', (_what, options, host, expected) => {
  expect(check(options, { host }, '::ffff:10.0.0.7')).toBe(expected);
});

test.each<[string, DoorOptions, string, string, string | undefined]>([
  ['the very page of this address', LOCAL, 'localhost:7474', 'http://localhost:7474', undefined],
  ['another port of this machine', LOCAL, 'localhost:7474', 'http://localhost:3000', '403 origin'],
  ['another name of this machine', LOCAL, 'localhost:7474', 'http://127.0.0.1:7474', '403 origin'],
  ['an attacker', LOCAL, 'localhost:7474', 'https://evil.example.com', '403 origin'],
  ['a sandboxed page', LOCAL, 'localhost:7474', 'null', '403 origin'],
  ['an allowed page', PUBLIC, 'guard.example.com', 'https://app.example.com', undefined],
  ['the same in capitals', PUBLIC, 'guard.example.com', 'HTTPS://App.example.com', undefined],
  ['an allowed page without TLS', PUBLIC, 'guard.example.com', 'http://app.example.com', '403 origin'],
  ['a look-alike', PUBLIC, 'guard.example.com', 'https://app.example.com.evil.com', '403 origin'],
  [
    'a page of the address itself, which serves none',
    PUBLIC,
    'guard.example.com',
    'https://guard.example.com',
    '403 origin',
  ],
  ['a rebound name with an allowed page', PUBLIC, 'evil.example.com', 'https://app.example.com', '403 host'],
])('Origin: %s', (_what, options, host, origin, expected) => {
  expect(check(options, { host, origin })).toBe(expected);
});

test('a refusal at the door is JSON-RPC on MCP paths, with an id, told of and counted, and never reaches the core', async () => {
  const { url, exchanges, refusals, counted } = await serving();
  const response = await post(url, {
    headers: { origin: 'https://evil.example.com', 'x-request-id': 'r-1' },
  });
  expect(response.status).toBe(403);
  expect(response.headers.get('x-request-id')).toBe('r-1');
  expect(await response.json()).toMatchObject({ jsonrpc: '2.0', id: null, error: { code: -32600 } });
  expect(exchanges).toEqual([]);
  expect(refusals).toMatchObject([{ requestId: 'r-1', status: 403, reason: 'origin', remote: '127.0.0.1' }]);
  expect(counted).toContain('refused origin');
});

test('no answer has a CORS header for a page that the config does not name', async () => {
  const { url } = await serving();
  for (const origin of ['https://evil.example.com', url]) {
    const response = await post(url, { headers: { origin } });
    expect([...response.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
  }
});

test('a page that the config names may ask and read', async () => {
  const { url } = await serving({ allowedOrigins: ['https://app.example.com'] });
  const origin = 'https://app.example.com';
  const preflight = await fetch(`${url}/mcp`, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization, mcp-param-region, x-evil',
    },
  });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get('access-control-allow-origin')).toBe(origin);
  expect(preflight.headers.get('access-control-allow-headers')).toContain('mcp-param-region');
  expect(preflight.headers.get('access-control-allow-headers')).not.toContain('x-evil');
  const response = await post(url, { headers: { origin } });
  expect(response.status).toBe(200);
  expect(response.headers.get('access-control-allow-origin')).toBe(origin);
  expect(response.headers.get('vary')).toBe('Origin');
  expect(response.headers.get('access-control-expose-headers')).toContain('Mcp-Session-Id');
  expect(response.headers.has('access-control-allow-credentials')).toBe(false);
});

test('every route stands behind the door', async () => {
  const { port } = await serving({ legacySse: true });
  const paths = ['/mcp', '/mcp/files', '/sse', '/messages', '/healthz', '/readyz', '/metrics', '/x'];
  for (const path of [...paths, '/.well-known/oauth-protected-resource']) {
    const text = `GET ${path} HTTP/1.1\r\nHost: evil.example.com\r\nConnection: close\r\n\r\n`;
    expect(await raw(port, text), path).toMatch(/^HTTP\/1\.1 403 /);
  }
});

test.each<[string, string]>([
  ['two Hosts', requestText('GET /healthz HTTP/1.1', ['Host: evil.example.com', 'Connection: close'])],
  ['no Host', 'GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n'],
  ['an absolute target', requestText('GET http://evil.example.com/healthz HTTP/1.1', ['Connection: close'])],
  [
    'two sessions',
    requestText('GET /mcp HTTP/1.1', ['Mcp-Session-Id: a', 'Mcp-Session-Id: b', 'Connection: close']),
  ],
])('%s in one request are refused', async (_what, text) => {
  const { port, exchanges } = await serving();
  expect(await raw(port, text)).toMatch(/^HTTP\/1\.1 400 /);
  expect(exchanges).toEqual([]);
});

test('HTTP/1.0 without a Host is refused', async () => {
  const { port } = await serving();
  expect(await raw(port, 'GET /healthz HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 403 /);
});

test('a hundred and one headers are refused, however short they are', async () => {
  const { port } = await serving();
  const many = Array.from({ length: 100 }, (_value, index) => `x${index}: y`);
  const text = requestText('GET /healthz HTTP/1.1', [...many, 'Connection: close']);
  expect(await raw(port, text)).toMatch(/^HTTP\/1\.1 431 /);
});

test('headers above the bound get 431', async () => {
  const { port } = await serving();
  const text = requestText('GET /healthz HTTP/1.1', [`X-Long: ${'x'.repeat(http.maxHeaderSize)}`]);
  expect(await raw(port, text)).toMatch(/^HTTP\/1\.1 431 /);
});
