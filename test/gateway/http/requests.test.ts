import { expect, test } from 'vitest';
import { readinessOf } from '../../../src/gateway/operate/health.js';
import { verifies } from '../../requirements.js';
import { ANONYMOUS, JSON_HEADERS, post, serving } from './serving.js';

verifies(
  'http:routes',
  'http:media-types',
  'http:request-id',
  'http:identity-first',
  'operate:healthz',
  'operate:readyz',
);

test('a POST reaches the core with its path, its query, its sender and its very bytes', async () => {
  const { url, exchanges } = await serving();
  const body = '{"jsonrpc": "2.0", "id": 12345678901234567890, "method":"ping"}';
  const response = await fetch(`${url}/mcp/fi%6Ces?x=1`, { method: 'POST', body, headers: JSON_HEADERS });
  expect(response.status).toBe(200);
  expect(exchanges).toMatchObject([
    { method: 'POST', upstream: 'files', query: '?x=1', principal: { key: 'anonymous' } },
  ]);
  expect(exchanges[0]?.body.toString()).toBe(body);
});

test.each<[string, string, number, string | null]>([
  ['PUT', '/mcp', 405, 'POST, GET, DELETE, OPTIONS'],
  ['HEAD', '/mcp', 405, 'POST, GET, DELETE, OPTIONS'],
  ['POST', '/healthz', 405, 'GET, HEAD, OPTIONS'],
  ['POST', '/sse', 404, null],
  ['GET', '/', 404, null],
  ['GET', '/mcp/', 404, null],
  ['GET', '/mcp/a/b', 404, null],
  ['GET', '/mcp/%zz', 404, null],
  ['GET', '/.well-known/oauth-protected-resource', 404, null],
  ['OPTIONS', '/mcp', 204, 'POST, GET, DELETE, OPTIONS'],
  ['OPTIONS', '/nowhere', 404, null],
  ['HEAD', '/healthz', 200, null],
])('%s %s is answered with %s', async (method, path, status, allow) => {
  const { url, exchanges } = await serving();
  const response = await fetch(url + path, { method });
  expect([response.status, response.headers.get('allow')]).toEqual([status, allow]);
  expect(response.headers.get('x-request-id')).toMatch(/^[\x21-\x7e]{1,128}$/);
  if (method === 'HEAD') expect(await response.text()).toBe('');
  expect(exchanges).toEqual([]);
});

test('the old transport is served where the config says so', async () => {
  const { url, exchanges } = await serving({ legacySse: true });
  await fetch(`${url}/sse`, { headers: { accept: 'text/event-stream' } });
  await fetch(`${url}/messages?session=s`, { method: 'POST', body: '{}', headers: JSON_HEADERS });
  expect(exchanges.map(({ method, query }) => [method, query])).toEqual([
    ['GET', ''],
    ['POST', '?session=s'],
  ]);
});

test.each<[string, string | undefined, number]>([
  ['plain', 'application/json', 200],
  ['with a charset', 'application/json; charset=utf-8', 200],
  ['with a quoted one', 'Application/JSON;charset="UTF-8"', 200],
  ['with another parameter', 'application/json; profile=x', 200],
  ['in another charset', 'application/json; charset=utf-16', 415],
  ['with a broken parameter', 'application/json; charset', 415],
  ['what a form may send', 'text/plain', 415],
  ['a form', 'application/x-www-form-urlencoded', 415],
  ['two types', 'application/json, text/plain', 415],
  ['a look-alike', 'application/json-patch+json', 415],
])('Content-Type %s', async (_what, type, expected) => {
  const { url } = await serving();
  const response = await post(url, { headers: { 'content-type': type ?? '' } });
  expect(response.status).toBe(expected);
});

test('a body without a type is refused, and so is a compressed one', async () => {
  const { url } = await serving();
  const bytes = new TextEncoder().encode('{}');
  const bare = await fetch(`${url}/mcp`, { method: 'POST', body: bytes, headers: { accept: '*/*' } });
  expect(bare.status).toBe(415);
  expect((await post(url, { headers: { 'content-encoding': 'gzip' } })).status).toBe(415);
  expect((await post(url, { headers: { 'content-encoding': 'identity' } })).status).toBe(200);
});

test.each<[string, 'POST' | 'GET', string, number]>([
  ['both', 'POST', 'application/json, text/event-stream', 200],
  ['everything', 'POST', '*/*', 200],
  ['classes', 'POST', 'application/*;q=0.9, text/*', 200],
  ['JSON alone', 'POST', 'application/json', 406],
  ['streams alone', 'POST', 'text/event-stream', 406],
  ['everything but streams', 'POST', '*/*, text/event-stream;q=0', 406],
  ['a stream', 'GET', 'text/event-stream', 200],
  ['JSON for a stream', 'GET', 'application/json', 406],
])('Accept %s for a %s', async (_what, method, accept, expected) => {
  const { url } = await serving();
  const response =
    method === 'POST'
      ? await post(url, { headers: { accept } })
      : await fetch(`${url}/mcp`, { headers: { accept } });
  expect(response.status).toBe(expected);
});

test.each<[string, string, boolean]>([
  ['a plain one is kept', 'call-17/α'.replace('α', 'a'), true],
  ['one with a space is replaced', 'a b', false],
  ['a long one is replaced', 'x'.repeat(129), false],
  ['one with other letters is replaced', 'caf\u00e9', false],
])('X-Request-Id: %s', async (_what, id, isKept) => {
  const { url, exchanges } = await serving();
  const response = await post(url, { headers: { 'x-request-id': id } });
  const sent = response.headers.get('x-request-id');
  expect(sent === id).toBe(isKept);
  expect(exchanges[0]?.requestId).toBe(sent);
});

test('every answer is told not to be cached, guessed or framed', async () => {
  const { url } = await serving();
  for (const response of [await post(url), await fetch(`${url}/healthz`), await fetch(`${url}/x`)]) {
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
  }
});

test('who is not known is challenged before anything of the body is read', async () => {
  const { url, exchanges, refusals } = await serving({
    bodyBytesMax: 10,
    identity: {
      ...ANONYMOUS,
      authenticate: () =>
        Promise.resolve({
          status: 401,
          headers: { 'www-authenticate': 'Bearer resource_metadata="x"', 'content-type': 'application/json' },
          body: '{"error":"unauthorized"}',
          reason: 'no token',
        }),
    },
  });
  const response = await post(url, { body: 'x'.repeat(100_000), headers: { 'content-type': 'text/plain' } });
  expect(response.status).toBe(401);
  expect(response.headers.get('www-authenticate')).toBe('Bearer resource_metadata="x"');
  expect(response.headers.get('content-type')).toBe('application/json');
  expect(await response.json()).toEqual({ error: 'unauthorized' });
  expect(refusals).toMatchObject([{ status: 401, reason: 'identity', detail: 'no token' }]);
  expect((await fetch(`${url}/metrics`)).status).toBe(401);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  expect(exchanges).toEqual([]);
});

test.each<['identified' | 'everyone' | 'nobody', number]>([
  ['identified', 200],
  ['everyone', 200],
  ['nobody', 404],
])('metrics for %s', async (metricsFor, expected) => {
  const { url } = await serving({ metricsFor });
  const response = await fetch(`${url}/metrics`);
  expect(response.status).toBe(expected);
  if (expected === 200) expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
});

test('RFC 9728 documents are those of the identity', async () => {
  const { url } = await serving({
    identity: { ...ANONYMOUS, metadata: (path) => (path.endsWith('/mcp') ? { resource: 'r' } : undefined) },
  });
  const found = await fetch(`${url}/.well-known/oauth-protected-resource/mcp`);
  expect([found.status, await found.json()]).toEqual([200, { resource: 'r' }]);
  expect((await fetch(`${url}/.well-known/oauth-protected-resource/other`)).status).toBe(404);
});

test('healthz is 200 whatever is wrong; readyz is 503 and names who is not ready', async () => {
  const { url } = await serving({
    readiness: () =>
      readinessOf({
        upstreams: [
          { name: 'files', state: 'ready', trouble: null, isEager: true },
          { name: 'docs', state: 'broken', trouble: 'exited with code 3\u202e', isEager: false },
        ],
        parts: { audit: null },
        isClosing: false,
      }),
  });
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  const response = await fetch(`${url}/readyz`);
  expect(response.status).toBe(503);
  expect(await response.json()).toEqual({
    status: 'unready',
    unready: ['docs'],
    upstreams: {
      files: { state: 'ready', trouble: null },
      docs: { state: 'broken', trouble: String.raw`exited with code 3\u{202e}` },
    },
    parts: { audit: 'ok' },
  });
});

test('a core that throws is one 500 and an error in the log', async () => {
  const { url, logged } = await serving({}, () => {
    throw new Error('a bug');
  });
  const response = await post(url, { headers: { 'x-request-id': 'r-9' } });
  expect(response.status).toBe(500);
  expect(await response.json()).toMatchObject({ error: { code: -32603 } });
  expect(logged.find((line) => line.startsWith('error request failed'))).toMatch(
    /"request_id":"r-9","error":"a bug"/,
  );
});

test('each request is counted by route and status', async () => {
  const { url, counted, refusals } = await serving();
  await post(url);
  await fetch(`${url}/x`);
  expect(refusals).toEqual([]);
  expect(counted.filter((line) => line.startsWith('httpRequest'))).toEqual([
    'httpRequest mcp 200',
    'httpRequest unknown 404',
  ]);
});
