import net from 'node:net';
import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import {
  API_ROOT,
  type Endpoint,
  type EndpointName,
  ENDPOINTS,
  errorsOf,
} from '../../src/dashboard/contract.js';
import { ERROR_CODES, type ErrorCode, errorShape } from '../../src/dashboard/contract/shapes.js';
import { REFUSALS_TOLD_MS } from '../../src/platform/bounds.js';
import { verifies } from '../requirements.js';
import { heldTime } from '../support/held-time.js';
import { rawRequest } from './raw-request.js';
import { login, post, SECRET, type Served, serving } from './serving.js';

verifies('dashboard:refusals');

const ALL = Object.entries(ENDPOINTS) as [EndpointName, Endpoint][];
const WRITES = ALL.filter(([, { method }]) => method === 'POST');
const CLOSED = ALL.filter(([, { open }]) => open !== true);
const MEGABYTE = JSON.stringify({ secret: 'x'.repeat(1024 * 1024) });
const BEARER = { authorization: `Bearer ${SECRET}` };

interface Tried {
  readonly served: Served;
  readonly endpoint: Endpoint;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

function placeOf({ path }: Endpoint): string {
  return `${API_ROOT}${path.replace('{id}', 'apr_00000000000000000001')}`;
}

/** Sends one request that is to be refused: its status, code, and what was recorded of it. */
async function refused({ served, endpoint, headers = {}, body }: Tried) {
  const { recorded, base } = served;
  const before = recorded.length;
  const place = placeOf(endpoint);
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const answer = await rawRequest(`${base}${place}`, {
    method: endpoint.method,
    headers: { ...length, ...headers },
    body,
  });
  const { error, ...rest } = z.parse(z.looseObject(errorShape.shape), JSON.parse(answer.body));
  expect(rest).toEqual({});
  const code = error.code as ErrorCode;
  expect(errorsOf(endpoint)).toContain(code);
  expect(answer.status).toBe(ERROR_CODES[code]);
  return { status: answer.status, code, recorded: recorded.slice(before) };
}

/** The one record that a refusal leaves. */
function recordOf(endpoint: Endpoint, status: number, code: string) {
  const detail = {
    status,
    code,
    address: '127.0.0.1',
    method: endpoint.method,
    path: placeOf(endpoint),
    count: 1,
  };
  return [{ event: 'dashboard-refused', detail: expect.objectContaining(detail) as object }];
}

const JSON_WRITE = { 'content-type': 'application/json', 'x-guard-request': '1' };

describe('each endpoint answers with its status, records it, and does nothing else', () => {
  test.each(ALL)('%s: a megabyte of JSON', async (_name, endpoint) => {
    const served = await serving();
    const headers = { ...JSON_WRITE, ...(endpoint.open === true ? {} : BEARER) };
    const { status, code, recorded } = await refused({ served, endpoint, headers, body: MEGABYTE });
    expect([status, code]).toEqual([413, 'too-large']);
    expect(recorded).toEqual(recordOf(endpoint, 413, 'too-large'));
  });

  test.each(ALL)('%s: a megabyte that does not say how long it is', async (_name, endpoint) => {
    const served = await serving();
    const headers = {
      ...JSON_WRITE,
      ...(endpoint.open === true ? {} : BEARER),
      'transfer-encoding': 'chunked',
    };
    const tried = { method: endpoint.method, headers, body: MEGABYTE };
    const { status } = await rawRequest(`${served.base}${placeOf(endpoint)}`, tried);
    expect(status).toBe(endpoint.method === 'POST' ? 413 : 400);
    expect(served.recorded).toHaveLength(1);
  });

  // Who logs out says nothing that could be wrong.
  test.each(ALL.filter(([name]) => name !== 'logout'))('%s: garbage', async (_name, endpoint) => {
    const served = await serving();
    const headers = { ...JSON_WRITE, ...(endpoint.open === true ? {} : BEARER) };
    const { status, code, recorded } = await refused({ served, endpoint, headers, body: '{"a":' });
    expect([status, code]).toEqual([400, 'bad-request']);
    expect(recorded).toEqual(recordOf(endpoint, 400, 'bad-request'));
  });

  test.each(WRITES.filter(([, { body }]) => body !== undefined))('%s: no JSON', async (_name, endpoint) => {
    const served = await serving();
    const headers = { ...JSON_WRITE, ...BEARER, 'content-type': 'text/plain' };
    const { status, code, recorded } = await refused({ served, endpoint, headers, body: '{}' });
    expect([status, code]).toEqual([415, 'not-json']);
    expect(recorded).toEqual(recordOf(endpoint, 415, 'not-json'));
  });

  test.each(CLOSED)('%s: a cookie of another guard', async (_name, endpoint) => {
    const served = await serving();
    const other = await serving();
    const { cookie } = await login(other.base);
    const token = cookie.split('=')[1] ?? '';
    const own = `guard-session-${new URL(served.base).port}=${token}`;
    const headers = { ...JSON_WRITE, cookie: `${cookie}; ${own}` };
    const { status, code, recorded } = await refused({ served, endpoint, headers });
    expect([status, code]).toEqual([401, 'unauthenticated']);
    expect(recorded).toEqual(recordOf(endpoint, 401, 'unauthenticated'));
    expect(JSON.stringify(recorded)).not.toContain(token);
  });

  test.each(WRITES)('%s: a cookie without the header of writes', async (_name, endpoint) => {
    const served = await serving();
    const { cookie } = await login(served.base);
    const headers = { 'content-type': 'application/json', cookie };
    const { status, code, recorded } = await refused({ served, endpoint, headers, body: '{}' });
    expect([status, code]).toEqual([403, 'csrf-refused']);
    expect(recorded).toEqual(recordOf(endpoint, 403, 'csrf-refused'));
    // It did not even log anybody out.
    expect((await fetch(`${served.base}/api/v1/session`, { headers: { cookie } })).status).toBe(200);
  });

  test.each(ALL)('%s: another site, and a name that is pointed here', async (_name, endpoint) => {
    for (const odd of [{ origin: 'http://127.0.0.1:3000' }, { host: 'evil.example.com' }]) {
      const served = await serving();
      const headers = { ...JSON_WRITE, ...BEARER, ...odd };
      const { status, code, recorded } = await refused({ served, endpoint, headers });
      expect([status, code]).toEqual([403, 'foreign-site']);
      expect(recorded).toEqual(recordOf(endpoint, 403, 'foreign-site'));
    }
  });
});

describe('what else is refused', () => {
  test.each(['/../secret.txt', '/assets/..%2f..%2fsecret.txt', '/assets/\u001b[31m', '/api/v1/none?q=1'])(
    'the path %j is recorded as text, without its query',
    async (path) => {
      const { base, recorded } = await serving();
      const raw = encodeURI(path).replaceAll('%25', '%');
      expect((await rawRequest(`${base}/`, { path: raw })).status).toBe(404);
      expect(recorded).toMatchObject([
        { event: 'dashboard-refused', detail: { status: 404, path: raw.split('?')[0], count: 1 } },
      ]);
    },
  );

  test('a method, an authorization of another kind, and something that is no HTTP', async () => {
    const { base, recorded } = await serving();
    expect((await fetch(`${base}/api/v1/session`, { method: 'PUT' })).status).toBe(405);
    const basic = { authorization: 'Basic dTpw' };
    expect((await fetch(`${base}/api/v1/session`, { headers: basic })).status).toBe(401);
    const { port, hostname } = new URL(base);
    const said = await new Promise<string>((resolve, reject) => {
      const socket = net.connect(Number(port), hostname, () =>
        socket.write('\u0016\u0003\u0001 TLS\r\n\r\n'),
      );
      socket.on('data', (piece) => resolve(piece.toString()));
      socket.on('error', reject);
    });
    expect(said).toMatch(/^HTTP\/1\.1 400 /);
    expect(recorded.map(({ detail }) => [detail['status'], detail['why']])).toEqual([
      [405, 'this path takes GET'],
      [401, 'expected Authorization: Bearer and the secret'],
      [400, 'it is no HTTP request'],
    ]);
  });

  test('a wrong secret is recorded once, as a login that was refused', async () => {
    const { base, recorded } = await serving();
    await fetch(`${base}/api/v1/login`, post({ secret: 'wrong' }));
    await fetch(`${base}/api/v1/session`, { headers: { authorization: 'Bearer wrong' } });
    expect(recorded.map(({ event }) => event)).toEqual([
      'dashboard-login-refused',
      'dashboard-login-refused',
    ]);
  });

  test('a page that asks whether it is logged in, and what is answered as usual, are no refusals', async () => {
    const served = await serving();
    expect((await fetch(`${served.base}/api/v1/session`)).status).toBe(401);
    expect((await served.ask('/api/v1/approvals/apr_00000000000000000001')).status).toBe(404);
    expect((await served.ask('/api/v1/audit/none')).status).toBe(404);
    expect(served.recorded).toEqual([]);
  });

  test('a flood is one record at once, and one that counts it', async () => {
    const time = heldTime();
    const { base, recorded } = await serving({ schedule: time.schedule });
    for (let count = 0; count < 200; count += 1) await rawRequest(`${base}/`, { path: `/none-${count}` });
    expect(recorded).toHaveLength(1);
    time.pass(REFUSALS_TOLD_MS);
    expect(recorded).toHaveLength(2);
    expect(recorded[1]?.detail).toMatchObject({ status: 404, path: '/none-199', count: 199 });
  });

  test('where it cannot be recorded it is refused all the same, and that is told of', async () => {
    const defects: unknown[] = [];
    const served = await serving({ onDefect: (error) => void defects.push(error) });
    served.failRecords();
    expect((await fetch(`${served.base}/none`)).status).toBe(404);
    expect(defects).toEqual([expect.objectContaining({ code: 'audit-unwritable' })]);
  });
});
