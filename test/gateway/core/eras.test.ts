import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/platform/json.js';
import { legacyClient, modernRequest } from './support/clients.js';
import type { FakeReply } from './support/fake-reply.js';
import { FakeServer, tool } from './support/fake-server.js';
import { BOB, coreWith, type TestCore } from './support/test-core.js';

const FILES = { upstream: 'files' };
const CALL = { name: 'read', arguments: { a: 1 } };
const SUBSCRIPTION = 'io.modelcontextprotocol/subscriptionId';
const CAPABILITIES = { elicitation: { form: {} } };

describe('a modern client of a server of the older era', () => {
  test('is greeted as if the server were modern', async () => {
    const core = coreWith([new FakeServer('files')]);
    expect(await modernRequest(core, 1, 'server/discover', {}, FILES).answered()).toMatchObject({
      id: 1,
      result: { resultType: 'complete', supportedVersions: ['2026-07-28'] },
    });
  });

  test('is asked inside an answer, comes back, and gets its result', async () => {
    const files = new FakeServer('files', { isolation: 'session' });
    const core = coreWith([files]);
    const call = (id: number, more: JsonObject = {}): FakeReply =>
      modernRequest(core, id, 'tools/call', { ...CALL, ...more }, { ...FILES, capabilities: CAPABILITIES });
    const first = call(1);
    const { id } = await files.got('tools/call');
    const connection = await files.connection();
    connection.say('{"jsonrpc":"2.0","id":0,"method":"elicitation/create","params":{"message":"Name?"}}');
    const asked = await first.answered();
    expect(asked).toMatchObject({
      id: 1,
      result: {
        resultType: 'input_required',
        inputRequests: {
          elicitation: {
            method: 'elicitation/create',
            params: { message: '[the server "files" asks] Name?' },
          },
        },
      },
    });
    const { requestState } = asked['result'] as { requestState: string };
    const second = call(2, { inputResponses: { elicitation: { action: 'accept' } }, requestState });
    expect(connection.received.at(-1)?.text).toBe('{"jsonrpc":"2.0","id":0,"result":{"action":"accept"}}');
    connection.result(id, { content: [] });
    expect(await second.answered()).toMatchObject({ id: 2, result: { resultType: 'complete', content: [] } });
    expect(connection.of('tools/call')).toHaveLength(1);
    expect(core.exchanges.size).toBe(0);
  });

  test('cannot go on with the call of another agent', async () => {
    const files = new FakeServer('files', { isolation: 'session' });
    const core = coreWith([files]);
    const options = { ...FILES, capabilities: CAPABILITIES };
    const first = modernRequest(core, 1, 'tools/call', CALL, options);
    await files.got('tools/call');
    const connection = await files.connection();
    connection.say('{"jsonrpc":"2.0","id":0,"method":"elicitation/create","params":{"message":"Name?"}}');
    const { result } = (await first.answered()) as { result: { requestState: string } };
    const params = { ...CALL, inputResponses: { elicitation: {} }, requestState: result.requestState };
    const stolen = modernRequest(core, 1, 'tools/call', params, { ...options, who: BOB });
    expect(await stolen.answered()).toMatchObject({ error: { code: -32602 } });
    expect(connection.received.filter((line) => line.result !== undefined)).toEqual([]);
  });

  test('without the capability hears which one it needs, with the status of the modern era', async () => {
    const files = new FakeServer('files', { isolation: 'session' });
    const core = coreWith([files]);
    const open = modernRequest(core, 1, 'tools/call', CALL, FILES);
    await files.got('tools/call');
    (await files.connection()).say('{"jsonrpc":"2.0","id":0,"method":"elicitation/create","params":{}}');
    expect(await open.answered()).toMatchObject({ id: 1, error: { code: -32021 } });
    expect(open.status).toBe(400);
    await files.got('notifications/cancelled');
    expect(core.exchanges.size).toBe(0);
  });

  test('that comes back after the server has ended is answered', async () => {
    const files = new FakeServer('files', { isolation: 'session' });
    const core = coreWith([files]);
    const options = { ...FILES, capabilities: CAPABILITIES };
    const first = modernRequest(core, 1, 'tools/call', CALL, options);
    await files.got('tools/call');
    (await files.connection()).say('{"jsonrpc":"2.0","id":0,"method":"elicitation/create","params":{}}');
    const { result } = (await first.answered()) as { result: { requestState: string } };
    (await files.connection()).end();
    const params = { ...CALL, inputResponses: { elicitation: {} }, requestState: result.requestState };
    const back = modernRequest(core, 2, 'tools/call', params, options);
    expect(await back.answered()).toMatchObject({ id: 2, error: {} });
  });

  test('listens with one acknowledgement, under its own id', async () => {
    const files = new FakeServer('files');
    const core = coreWith([files]);
    const notifications = { toolsListChanged: true };
    const listen = modernRequest(core, 'me', 'subscriptions/listen', { notifications }, FILES);
    expect(await listen.event(0)).toEqual({
      jsonrpc: '2.0',
      method: 'notifications/subscriptions/acknowledged',
      params: { notifications, _meta: { [SUBSCRIPTION]: 'me' } },
    });
    (await files.connection()).say('{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}');
    expect(await listen.event(1)).toEqual({
      jsonrpc: '2.0',
      method: 'notifications/tools/list_changed',
      params: { _meta: { [SUBSCRIPTION]: 'me' } },
    });
    listen.leave();
    expect(core.exchanges.size).toBe(0);
  });
});

describe('a client of the older era with a modern server', () => {
  test('has its envelope put in, and its answers without what it does not know', async () => {
    const { core, files } = modernServer();
    const client = await legacyClient(core);
    const list = client.request(1, 'tools/list');
    await list.answered();
    expect(list.answer).not.toContain('resultType');
    const open = client.request(2, 'tools/call', { name: 'files__read', arguments: {} });
    const { id, params } = await files.got('tools/call');
    expect(params).toMatchObject({
      name: 'read',
      _meta: {
        'io.modelcontextprotocol/protocolVersion': '2026-07-28',
        'io.modelcontextprotocol/clientInfo': { name: 'client' },
        'io.modelcontextprotocol/clientCapabilities': { elicitation: {} },
      },
    });
    (await files.connection()).result(id, { resultType: 'complete', content: [] });
    expect(await open.answered()).toEqual({ jsonrpc: '2.0', id: 2, result: { content: [] } });
  });

  test('is asked by a real request, and the call is made again with its answer', async () => {
    const { core, files } = modernServer();
    const client = await legacyClient(core, FILES);
    const open = client.request(1, 'tools/call', CALL);
    const first = await files.got('tools/call');
    const connection = await files.connection();
    const inputRequests = { 'my/key': { method: 'elicitation/create', params: { message: 'Name?' } } };
    connection.result(first.id, { resultType: 'input_required', inputRequests, requestState: 's' });
    const asked = await open.event(0);
    const message = '[the server "files" asks] Name?';
    expect(asked).toMatchObject({ id: 1, method: 'elicitation/create', params: { message } });
    client.respond(asked['id'], { action: 'decline' });
    const second = await files.got('tools/call', 1);
    expect(second.id).not.toBe(first.id);
    expect(second.params).toMatchObject({
      ...CALL,
      inputResponses: { 'my/key': { action: 'decline' } },
      requestState: 's',
    });
    connection.result(second.id, { resultType: 'complete', content: [] });
    expect(await open.answered()).toEqual({ jsonrpc: '2.0', id: 1, result: { content: [] } });
    expect(core.exchanges.size).toBe(0);
  });

  test('is told of changed lists without asking, and so again after the server ended', async () => {
    const { core, files } = modernServer();
    const client = await legacyClient(core, FILES);
    const stream = client.listen();
    await client.request(1, 'tools/list').answered();
    const first = await files.connection();
    first.say(changed((await first.got('subscriptions/listen')).id));
    expect(await stream.event(0)).toMatchObject({ method: 'notifications/tools/list_changed' });
    first.end();
    await client.request(2, 'tools/list').answered();
    const second = await files.connection(1);
    second.say(changed((await second.got('subscriptions/listen')).id));
    expect(await stream.event(1)).toMatchObject({ method: 'notifications/tools/list_changed' });
  });

  test('subscribes by listening, and hears of it without a tag', async () => {
    const { core, files } = modernServer();
    const client = await legacyClient(core, FILES);
    const stream = client.listen();
    await client.request(1, 'resources/subscribe', { uri: 'file:///a' }).answered();
    const { id, params } = await files.got('subscriptions/listen', 1);
    expect(params).toMatchObject({ notifications: { resourceSubscriptions: ['file:///a'] } });
    (await files.connection()).say(
      `{"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"uri":"file:///a","_meta":{"${SUBSCRIPTION}":${String(id)}}}}`,
    );
    expect(await stream.event(0)).toEqual({
      jsonrpc: '2.0',
      method: 'notifications/resources/updated',
      params: { uri: 'file:///a', _meta: {} },
    });
  });

  test('is given a connection in its own era where the server speaks both', async () => {
    const { core, files } = modernServer();
    files.isDual = true;
    const client = await legacyClient(core, FILES);
    client.request(1, 'tools/call', CALL);
    const { params } = await files.got('tools/call');
    expect(params).toEqual(CALL);
    modernRequest(core, 1, 'tools/call', CALL, FILES);
    await files.got('tools/call', 1);
    const eras = files.connections.map(({ facts, received }) => `${facts.era} ${received.length}`);
    expect(eras.toSorted()).toEqual(['legacy 1', 'modern 1']);
  });
});

function modernServer(): { readonly core: TestCore; readonly files: FakeServer } {
  const files = new FakeServer('files', { era: 'modern', tools: [tool('read')] });
  return { core: coreWith([files]), files };
}

function changed(id: unknown): string {
  return `{"jsonrpc":"2.0","method":"notifications/tools/list_changed","params":{"_meta":{"${SUBSCRIPTION}":${String(id)}}}}`;
}
