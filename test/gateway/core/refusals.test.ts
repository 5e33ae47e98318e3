import { describe, expect, test } from 'vitest';
import { legacyClient, modernRequest } from './support/clients.js';
import { FakeServer } from './support/fake-server.js';
import { ADA, coreWith } from './support/test-core.js';

function setup(): ReturnType<typeof coreWith> {
  return coreWith([new FakeServer('files')]);
}

describe('a body that is no message', () => {
  test.each([
    ['no JSON', '{"jsonrpc":"2.0",', 'not-json', -32700],
    ['empty', '', 'not-json', -32700],
    ['not UTF-8', '\u0000', 'control-byte', -32700],
    ['a batch', '[{"jsonrpc":"2.0","id":1,"method":"ping"}]', 'batch', -32600],
    ['a text', '"ping"', 'not-object', -32600],
    ['of another version', '{"jsonrpc":"1.0","id":1,"method":"ping"}', 'bad-version', -32600],
    ['ambiguous', '{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}', 'duplicate-key', -32600],
    ['a null id', '{"jsonrpc":"2.0","id":null,"method":"ping"}', 'bad-id', -32600],
  ])('that is %s is answered 400 and told', async (_title, body, reason, code) => {
    const core = setup();
    const reply = core.post(body);
    expect(reply.status).toBe(400);
    expect(await reply.answered()).toMatchObject({ error: { code, data: { reason } } });
    expect(core.refusals).toMatchObject([
      { reason, size: Buffer.byteLength(body), principal: ADA, requestId: 'request-1' },
    ]);
  });

  test('is answered under its id where it can be read, and else under null', async () => {
    const core = setup();
    const known = core.post('{"jsonrpc":"2.0","id":"x","method":"ping","more":1}');
    expect(await known.answered()).toMatchObject({ id: 'x' });
    expect(await core.post('{').answered()).toMatchObject({ id: null });
    expect(core.refusals.map(({ method }) => method)).toEqual(['ping', undefined]);
  });
});

describe('a message of no era', () => {
  test('is answered with the status of what is wrong, and told', async () => {
    const core = setup();
    const missing = modernRequest(core, 1, 'tools/list', {}, { headers: { 'mcp-method': 'other' } });
    expect(missing.status).toBe(400);
    expect(await missing.answered()).toMatchObject({ id: 1, error: { code: -32020 } });
    const removed = modernRequest(core, 2, 'ping');
    expect(removed.status).toBe(404);
    expect(await removed.answered()).toMatchObject({ id: 2, error: { code: -32601 } });
    const version = core.post(
      { jsonrpc: '2.0', id: 3, method: 'ping' },
      { headers: { 'mcp-protocol-version': 'x' } },
    );
    expect(version.status).toBe(400);
    expect(await version.answered()).toMatchObject({ id: 3, error: { code: -32022 } });
    expect(core.refusals.map(({ reason, method }) => `${reason} ${method}`)).toEqual([
      'bad-params tools/list',
      'bad-params ping',
      'bad-params ping',
    ]);
  });

  test('of the modern one without an id is taken and needs no answer', () => {
    const core = setup();
    const headers = { 'mcp-protocol-version': '2026-07-28' };
    const body = { jsonrpc: '2.0', method: 'notifications/x' };
    expect(core.post(body, { headers })).toMatchObject({ status: 202 });
    expect(core.post({ jsonrpc: '2.0', id: 1, result: {} }, { headers })).toMatchObject({ status: 202 });
    expect(core.exchange('GET', '', { headers })).toMatchObject({ status: 405 });
  });
});

describe('a path', () => {
  test.each(['POST', 'GET', 'DELETE'] as const)('of no server is not found: %s', async (method) => {
    const core = setup();
    const body = '{"jsonrpc":"2.0","id":1,"method":"ping"}';
    const reply = core.exchange(method, body, { upstream: 'nobody' });
    expect(reply.status).toBe(404);
    expect(await reply.answered()).toMatchObject({ id: null, error: { code: -32001 } });
  });
});

describe('a call that policy denies', () => {
  test.each(['legacy', 'modern'])('is answered by guard and never reaches the server (%s)', async (era) => {
    const files = new FakeServer('files');
    const core = coreWith([files], {
      rules: [{ name: 'no', match: { tool: 'read' }, action: 'deny' }],
    });
    const client = await legacyClient(core, { upstream: 'files' });
    const params = { name: 'read', arguments: {} };
    const reply =
      era === 'legacy'
        ? client.request(5, 'tools/call', params)
        : modernRequest(core, 5, 'tools/call', params, { upstream: 'files' });
    expect(await reply.answered()).toMatchObject({ id: 5, error: { code: -31001 } });
    expect((await files.connection()).of('tools/call')).toEqual([]);
    expect(core.exchanges.size).toBe(0);
  });
});

test('nothing of all this is a defect of guard', async () => {
  const core = setup();
  core.post('{');
  const client = await legacyClient(core);
  client.respond(99, {});
  client.notify('notifications/cancelled', { requestId: 99 });
  client.notify('notifications/cancelled', {});
  client.notify('notifications/progress', { progressToken: 99 });
  expect(core.defects).toEqual([]);
});
