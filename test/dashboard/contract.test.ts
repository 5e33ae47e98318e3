import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { OPENAPI_FILE, openApi, openApiText } from '../../scripts/openapi.js';
import { API_ROOT, type Endpoint, type EndpointName, ENDPOINTS } from '../../src/dashboard/contract.js';
import { DASHBOARD_BODY_BYTES_MAX } from '../../src/platform/bounds.js';
import { verifies } from '../requirements.js';
import { rawRequest } from './raw-request.js';
import { errorOf, post, serving } from './serving.js';

verifies('dashboard:api');

const ALL = Object.entries(ENDPOINTS) as [EndpointName, Endpoint][];
const WRITES = ALL.filter(([, { method }]) => method === 'POST');

function placeOf({ path }: Endpoint, id = 'apr_00000000000000000001'): string {
  return `${API_ROOT}${path.replace('{id}', id)}`;
}

test('the committed document is what the contract says now', () => {
  expect(fs.readFileSync(OPENAPI_FILE, 'utf8')).toBe(openApiText());
});

test('the document has exactly the paths and methods that the server has', () => {
  const { paths, components } = openApi() as {
    paths: Record<string, Record<string, { operationId: string }>>;
    components: { schemas: object };
  };
  const documented = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId }]) => `${method} ${path} ${operationId}`),
  );
  const served = ALL.map(([name, { method, path }]) => `${method.toLowerCase()} ${API_ROOT}${path} ${name}`);
  expect(documented.toSorted()).toEqual(served.toSorted());
  for (const reference of openApiText().matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
    expect(components.schemas).toHaveProperty(reference[1] ?? '');
  }
});

describe('bad input', () => {
  test.each(ALL.filter(([, { open }]) => open !== true))('%s wants a login', async (_name, endpoint) => {
    const { base } = await serving();
    const init = endpoint.method === 'POST' ? post({}) : {};
    expect(await errorOf(await fetch(`${base}${placeOf(endpoint)}`, init))).toBe('401 unauthenticated');
  });

  test.each(WRITES)('%s takes no megabyte, no garbage, and nothing but JSON', async (name, endpoint) => {
    const served = await serving();
    const place = placeOf(endpoint);
    const megabyte = JSON.stringify({ secret: 'x'.repeat(1024 * 1024) });
    expect(megabyte.length).toBeGreaterThan(DASHBOARD_BODY_BYTES_MAX);
    expect(await errorOf(await served.ask(place, { ...post({}), body: megabyte }))).toBe('413 too-large');
    if (name === 'logout') return;
    const garbage = await served.ask(place, { ...post({}), body: '{"a":' });
    expect(await errorOf(garbage)).toBe('400 bad-request');
    const unknown = await served.ask(place, post({ what: 1 }));
    expect(await errorOf(unknown)).toBe('400 bad-request');
    const text = { ...post({}), headers: { 'content-type': 'text/plain', 'x-guard-request': '1' } };
    expect(await errorOf(await served.ask(place, text))).toBe('415 not-json');
  });

  test.each(ALL)('%s takes no other method and no query that it does not know', async (_name, endpoint) => {
    const served = await serving();
    const other = await served.ask(placeOf(endpoint), { method: 'PUT' });
    expect(await errorOf(other)).toBe('405 method-not-allowed');
    expect(other.headers.get('allow')).toContain(endpoint.method);
    const init = endpoint.method === 'POST' ? post({}) : {};
    const query = await served.ask(`${placeOf(endpoint)}?what=1`, init);
    expect(await errorOf(query)).toBe('400 bad-request');
  });

  test.each([
    '/api/v1',
    '/api/v1/',
    '/api/v2/health',
    '/api/v1/none',
    '/api/v1/approvals/',
    '/api/v1/health/',
  ])('%s is nothing', async (place) => {
    const served = await serving();
    expect(await errorOf(await served.ask(place))).toBe('404 not-found');
  });

  test.each([
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/assets/%2e%2e/secret.txt',
    String.raw`/assets/..\..\secret.txt`,
    '/assets//page-1A2B3C4D.js',
    '/assets/index.html',
    '/index.html%00.js',
    '/assets/__proto__',
  ])('the path %s leads to no file', async (path) => {
    const { base } = await serving();
    const { status, body } = await rawRequest(`${base}/`, { path });
    expect(status).toBe(404);
    expect(body).not.toContain('not for pages');
  });

  test('a file of the page is kept by browsers where its name holds its digest', async () => {
    const { base } = await serving();
    const file = await fetch(`${base}/assets/page-1A2B3C4D.js`);
    expect(file.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(file.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(await file.text()).toBe('export {};');
    expect(await errorOf(await fetch(`${base}/`, { method: 'POST' }))).toBe('405 method-not-allowed');
  });
});
