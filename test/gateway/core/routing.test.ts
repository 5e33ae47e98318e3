import { describe, expect, test } from 'vitest';
import { GATEWAY_RELIST_MS } from '../../../src/platform/bounds.js';
import { eventually } from '../../support/eventually.js';
import { legacyClient, modernRequest } from './support/clients.js';
import { FakeServer, tool } from './support/fake-server.js';
import { listed } from './support/listed.js';
import { coreWith, DEAD } from './support/test-core.js';

describe('a named request', () => {
  test('goes to the server that has the name, under the server’s own name', async () => {
    const [one, two] = [
      new FakeServer('one', { tools: [tool('a.b')] }),
      new FakeServer('two', { tools: [tool('a.b')], prompts: [{ name: 'p q' }] }),
    ];
    const core = coreWith([one, two]);
    const client = await legacyClient(core);
    await client.request(1, 'tools/list').answered();
    client.request(2, 'tools/call', { name: 'two__a_b', arguments: { name: 'two__a_b' } });
    expect(await two.got('tools/call')).toMatchObject({
      params: { name: 'a.b', arguments: { name: 'two__a_b' } },
    });
    await client.request(3, 'prompts/list').answered();
    client.request(4, 'prompts/get', { name: 'two__p_q' });
    expect(await two.got('prompts/get')).toMatchObject({ params: { name: 'p q' } });
    client.request(5, 'completion/complete', { ref: { type: 'ref/prompt', name: 'two__p_q' } });
    expect(await two.got('completion/complete')).toMatchObject({ params: { ref: { name: 'p q' } } });
    expect((await one.connection()).of('tools/call')).toEqual([]);
  });

  test('has the servers asked for their lists, once, where the name is not known', async () => {
    const files = new FakeServer('files', { tools: [tool('read')] });
    const core = coreWith([files]);
    const client = await legacyClient(core);
    client.request(1, 'tools/call', { name: 'files__read', arguments: {} });
    expect(await files.got('tools/call')).toMatchObject({ params: { name: 'read' } });
    const unknown = client.request(2, 'tools/call', { name: 'files__nothing', arguments: {} });
    expect(await unknown.answered()).toMatchObject({ id: 2, error: { code: -32602 } });
    expect((await files.connection()).of('tools/list')).toHaveLength(1);
    expect(core.refusals).toMatchObject([{ method: 'tools/call', reason: 'bad-params' }]);
    core.time.pass(GATEWAY_RELIST_MS);
    await client.request(3, 'tools/call', { name: 'files__nothing', arguments: {} }).answered();
    expect((await files.connection()).of('tools/list')).toHaveLength(2);
  });

  test('of one kind does not keep the lists of another kind from being asked', async () => {
    const files = new FakeServer('files', {
      tools: [tool('read')],
      prompts: [{ name: 'p' }],
      resources: [{ uri: 'file:///a', name: 'a' }],
    });
    const core = coreWith([files]);
    const client = await legacyClient(core);
    await client.request(1, 'tools/call', { name: 'nothing', arguments: {} }).answered();
    client.request(2, 'prompts/get', { name: 'files__p' });
    client.request(3, 'resources/read', { uri: 'file:///a' });
    expect(await files.got('prompts/get')).toMatchObject({ params: { name: 'p' } });
    expect(await files.got('resources/read')).toMatchObject({ params: { uri: 'file:///a' } });
  });

  test.each([
    ['tools/call', {}],
    ['tools/call', { name: 7 }],
    ['prompts/get', {}],
    ['resources/read', { uri: null }],
    ['completion/complete', {}],
    ['completion/complete', { ref: { type: 'ref/prompt' } }],
  ])('%s with %j is refused', async (method, params) => {
    const core = coreWith([new FakeServer('files')]);
    const client = await legacyClient(core);
    expect(await client.request(1, method, params).answered()).toMatchObject({ error: { code: -32602 } });
  });
});

describe('a resource', () => {
  test('is read from the server that lists it, under its own address', async () => {
    const [one, two] = [
      new FakeServer('one', { resources: [{ uri: 'file:///a', name: 'a' }] }),
      new FakeServer('two', { resources: [{ uri: 'file:///b', name: 'b' }] }),
    ];
    const core = coreWith([one, two]);
    const client = await legacyClient(core);
    client.request(1, 'resources/read', { uri: 'file:///b' });
    expect(await two.got('resources/read')).toMatchObject({ params: { uri: 'file:///b' } });
    expect((await one.connection()).of('resources/read')).toEqual([]);
  });

  test('that nobody lists is not found, in the words of each era', async () => {
    const core = coreWith([new FakeServer('one')]);
    const client = await legacyClient(core);
    expect(await client.request(1, 'resources/read', { uri: 'x:y' }).answered()).toMatchObject({
      error: { code: -32002, data: { uri: 'x:y' } },
    });
    expect(await modernRequest(core, 1, 'resources/read', { uri: 'x:y' }).answered()).toMatchObject({
      error: { code: -32602, data: { uri: 'x:y' } },
    });
  });
});

describe('the path of one server', () => {
  test('passes names and answers untouched', async () => {
    const files = new FakeServer('files', { tools: [tool('a.b', { n: 1 })] });
    const core = coreWith([files, new FakeServer('other')]);
    const client = await legacyClient(core, { upstream: 'files' });
    expect(client.greeting).toMatchObject({ result: { serverInfo: { name: 'files-server' } } });
    expect(listed(await client.request(1, 'tools/list', { cursor: '' }).answered())).toEqual(['a.b']);
    expect(await files.got('tools/list')).toMatchObject({ params: { cursor: '' } });
    client.request(2, 'tools/call', { name: 'a.b', arguments: {} });
    expect(await files.got('tools/call')).toMatchObject({ params: { name: 'a.b' } });
    client.request(3, 'anything/else', { name: 'files__x' });
    expect(await files.got('anything/else')).toMatchObject({ params: { name: 'files__x' } });
  });

  test('says why where its server cannot be reached', async () => {
    const dead = new FakeServer('dead');
    dead.trouble = DEAD;
    const core = coreWith([dead]);
    const discover = modernRequest(core, 1, 'server/discover', {}, { upstream: 'dead' });
    expect(await discover.answered()).toMatchObject({
      error: { code: -32603, data: { failure_class: 'not-found' } },
    });
    const call = modernRequest(core, 2, 'tools/call', { name: 'x', arguments: {} }, { upstream: 'dead' });
    expect(await call.answered()).toMatchObject({
      id: 2,
      error: { code: -32603, data: { failure_class: 'not-found' } },
    });
    expect(core.exchanges.size).toBe(0);
  });
});

describe('a method that names no server', () => {
  test('goes to the only one', async () => {
    const files = new FakeServer('files');
    const client = await legacyClient(coreWith([files]));
    client.request(1, 'vendor/list', {});
    expect(await files.got('vendor/list')).toMatchObject({ params: {} });
  });

  test('is not found where there are several', async () => {
    const client = await legacyClient(coreWith([new FakeServer('one'), new FakeServer('two')]));
    expect(await client.request(1, 'vendor/list', {}).answered()).toMatchObject({ error: { code: -32601 } });
  });

  test('is not found without any, and lists are empty', async () => {
    const client = await legacyClient(coreWith([]));
    expect(await client.request(1, 'vendor/list', {}).answered()).toMatchObject({ error: { code: -32601 } });
    expect(listed(await client.request(2, 'tools/list').answered())).toEqual([]);
  });
});

test('a call whose headers do not say what its arguments say reaches no server', async () => {
  const inputSchema = {
    type: 'object',
    properties: { region: { type: 'string', 'x-mcp-header': 'Region' } },
  };
  const files = new FakeServer('files', { era: 'modern', tools: [{ name: 'query', inputSchema }] });
  const core = coreWith([files]);
  await modernRequest(core, 1, 'tools/list').answered();
  const params = { name: 'files__query', arguments: { region: 'a' } };
  const wrong = modernRequest(core, 2, 'tools/call', params, { headers: { 'mcp-param-region': 'b' } });
  expect(await wrong.answered()).toMatchObject({ id: 2, error: { code: -32020 } });
  expect(wrong.status).toBe(400);
  expect((await files.connection()).of('tools/call')).toEqual([]);
  modernRequest(core, 3, 'tools/call', params, { headers: { 'mcp-param-region': 'a' } });
  expect(await files.got('tools/call')).toMatchObject({ params: { name: 'query' } });
});

test('a log level goes to every server that logs, and is answered once', async () => {
  const [loud, quiet] = [new FakeServer('loud'), new FakeServer('quiet', { capabilities: { tools: {} } })];
  const client = await legacyClient(coreWith([loud, quiet]));
  const reply = client.request(1, 'logging/setLevel', { level: 'error' });
  expect(await reply.answered()).toEqual({ jsonrpc: '2.0', id: 1, result: {} });
  expect(await loud.got('logging/setLevel')).toMatchObject({ params: { level: 'error' } });
  expect((await quiet.connection()).of('logging/setLevel')).toEqual([]);
});

test('what came while a server starts is sent in its order', async () => {
  const slow = new FakeServer('slow');
  slow.isReady = false;
  const core = coreWith([slow]);
  for (let id = 1; id <= 5; id++) {
    modernRequest(core, id, 'tools/call', { name: 'x', arguments: { id } }, { upstream: 'slow' });
  }
  slow.isReady = true;
  await slow.got('tools/call', 4);
  const order = (await slow.connection()).of('tools/call').map(({ params }) => params['arguments']);
  expect(order).toEqual([1, 2, 3, 4, 5].map((id) => ({ id })));
  await eventually('one connection', () => slow.connections.length === 1);
});

test('a server that all share is told the most verbose level that anybody asked for', async () => {
  const files = new FakeServer('files');
  const core = coreWith([files]);
  const [one, other] = [await legacyClient(core), await legacyClient(core)];
  for (const [client, level] of [
    [one, 'warning'],
    [other, 'error'],
    [other, 'debug'],
  ] as const) {
    await client.request(level, 'logging/setLevel', { level }).answered();
  }
  const told = (await files.connection()).of('logging/setLevel').map(({ params }) => params['level']);
  expect(told).toEqual(['warning', 'debug']);
});
