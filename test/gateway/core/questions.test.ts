import { describe, expect, test } from 'vitest';
import { GATEWAY_QUESTIONS_MAX } from '../../../src/platform/bounds.js';
import type { JsonObject } from '../../../src/platform/json.js';
import { eventually } from '../../support/eventually.js';
import { legacyClient, modernRequest, type LegacyClient } from './support/clients.js';
import { FakeServer, type FakeConnection } from './support/fake-server.js';
import { BOB, coreWith, type TestCore } from './support/test-core.js';

const FILES = { upstream: 'files' };
const CALL = { name: 'read', arguments: {} };
const FORM = { message: 'Name?' };

interface Alone {
  readonly core: TestCore;
  readonly files: FakeServer;
  readonly client: LegacyClient;
  readonly connection: FakeConnection;
}

/** A client of the older era with a server of its own. */
async function alone(): Promise<Alone> {
  const files = new FakeServer('files', { isolation: 'session' });
  const core = coreWith([files]);
  const client = await legacyClient(core, FILES);
  return { core, files, client, connection: await files.connection() };
}

function question(id: number | string, method = 'elicitation/create', params: JsonObject = FORM): string {
  return JSON.stringify({ jsonrpc: '2.0', id, method, params });
}

describe('a question of a server to a client of the older era', () => {
  test('comes on the stream of the call that is open, under a number of the session’s', async () => {
    const { client, connection } = await alone();
    const open = client.request(1, 'tools/call', CALL);
    const call = await connection.got('tools/call');
    connection.say(question('srv-1'));
    const asked = await open.event(0);
    // No server may pose as guard.
    const message = '[the server "files" asks] Name?';
    expect(asked).toMatchObject({ id: 1, method: 'elicitation/create', params: { message } });
    expect(client.respond(asked['id'], { action: 'accept' })).toMatchObject({ status: 202 });
    expect(connection.received.at(-1)?.text).toBe(
      '{"jsonrpc":"2.0","id":"srv-1","result":{"action":"accept"}}',
    );
    connection.result(call.id, {});
    expect(await open.answered()).toMatchObject({ id: 1, result: {} });
  });

  test.each([
    ['a number', '7'],
    ['a text of digits', '"7"'],
    ['a large number', '9007199254740991'],
  ])('is answered with the server’s own id: %s', async (_title, id) => {
    const { client, connection } = await alone();
    const stream = client.listen();
    connection.say(`{"jsonrpc":"2.0","id":${id},"method":"roots/list"}`);
    const asked = await stream.event(0);
    expect(asked).toMatchObject({ method: 'roots/list' });
    client.respond(asked['id'], { roots: [] });
    expect(connection.received.at(-1)?.text).toBe(`{"jsonrpc":"2.0","id":${id},"result":{"roots":[]}}`);
  });

  test('and its answer are passed byte for byte', async () => {
    const { core, client, connection } = await alone();
    const stream = client.listen();
    connection.say('{"jsonrpc":"2.0","id":5,"method":"roots/list","params":{"n":12345678901234567890}}');
    await stream.event(0);
    expect(stream.events[0]).toContain('"params":{"n":12345678901234567890}}');
    const headers = { 'mcp-session-id': client.session };
    const answer = '{"jsonrpc":"2.0","id":1,"result":{"n":12345678901234567890,"x":1.0}}';
    core.post(answer, { ...FILES, headers });
    expect(connection.received.at(-1)?.text).toBe(answer.replace('"id":1', '"id":5'));
  });

  test('waits for the stream where nothing is open', async () => {
    const { client, connection } = await alone();
    connection.say(question(1));
    connection.say(question(2));
    const stream = client.listen();
    expect(stream.events.map((text) => (JSON.parse(text) as { id: number }).id)).toEqual([1, 2]);
  });

  test('is not lost where the client of the open call has gone', async () => {
    const { client, connection } = await alone();
    const stream = client.listen();
    client.request(1, 'tools/call', CALL).leave();
    await connection.got('tools/call');
    connection.say(question('srv-1'));
    expect(await stream.event(0)).toMatchObject({ method: 'elicitation/create' });
  });

  test('is answered once, by the session that was asked', async () => {
    const { core, client, connection } = await alone();
    const stream = client.listen();
    const other = await legacyClient(core, { ...FILES, who: BOB });
    connection.say(question('srv-1'));
    const { id } = await stream.event(0);
    other.respond(id, { of: 'bob' });
    client.respond(JSON.stringify(id), { of: 'a text' });
    client.respond(id, { of: 'ada' });
    client.respond(id, { of: 'twice' });
    const answers = connection.received.filter(({ result }) => result !== undefined);
    expect(answers).toMatchObject([{ id: 'srv-1', result: { of: 'ada' } }]);
  });

  test('that the server takes back is taken back from the client, under the session’s number', async () => {
    const { client, connection } = await alone();
    const stream = client.listen();
    connection.say(question('srv-1'));
    await stream.event(0);
    connection.say(
      '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"srv-1","reason":"r"}}',
    );
    expect(await stream.event(1)).toMatchObject({
      method: 'notifications/cancelled',
      params: { requestId: 1, reason: 'r' },
    });
    client.respond(1, {});
    expect(connection.received.filter(({ result }) => result !== undefined)).toEqual([]);
  });

  test('hears of the client’s progress under the token that the server gave', async () => {
    const { client, connection } = await alone();
    const stream = client.listen();
    connection.say(question('srv-1', 'sampling/createMessage', { _meta: { progressToken: 'mine' } }));
    const asked = await stream.event(0);
    expect(asked).toMatchObject({ params: { _meta: { progressToken: 1 } } });
    client.notify('notifications/progress', { progressToken: 1, progress: 1 });
    expect(await connection.got('notifications/progress')).toMatchObject({
      params: { progressToken: 'mine', progress: 1 },
    });
  });

  test('beyond a bound is refused to the server', async () => {
    const { connection } = await alone();
    for (let id = 0; id <= GATEWAY_QUESTIONS_MAX; id++) connection.say(question(id, 'roots/list'));
    expect(connection.received.at(-1)).toMatchObject({ id: GATEWAY_QUESTIONS_MAX, error: { code: -32601 } });
  });

  test('may have the id of one that a server before it asked', async () => {
    const { files, client, connection } = await alone();
    const stream = client.listen();
    connection.say(question(0));
    await stream.event(0);
    connection.end();
    client.request(1, 'tools/call', CALL);
    const second = await files.connection(1);
    await second.got('tools/call');
    second.say(question(0));
    expect(second.received.filter(({ error }) => error !== undefined)).toEqual([]);
  });

  test('to an answer that came too late for the server before it goes nowhere', async () => {
    const { files, client, connection } = await alone();
    const stream = client.listen();
    connection.say(question(0));
    const { id } = await stream.event(0);
    connection.end();
    client.request(1, 'tools/call', CALL);
    const second = await files.connection(1);
    await second.got('tools/call');
    client.respond(id, { late: true });
    expect(second.received.filter(({ result }) => result !== undefined)).toEqual([]);
  });
});

describe('a server of its own', () => {
  test('is told of the client that it is started for, and ends with its session', async () => {
    const { client, connection, files } = await alone();
    expect(connection.client).toMatchObject({
      era: 'legacy',
      capabilities: { elicitation: {}, sampling: {}, roots: {} },
      clientInfo: { name: 'client' },
    });
    client.end();
    expect(connection.isClosed).toBe(true);
    expect(files.connections).toHaveLength(1);
  });

  test('that is still starting when its session ends is ended when it has started', async () => {
    const files = new FakeServer('files', { isolation: 'session' });
    const core = coreWith([files]);
    files.isReady = false;
    const headers = { 'mcp-session-id': 'handle-1' };
    core.post({ jsonrpc: '2.0', id: 1, method: 'initialize', params: {} }, FILES);
    expect(core.exchange('DELETE', '', { ...FILES, headers }).status).toBe(200);
    files.isReady = true;
    const connection = await files.connection();
    await eventually('its end', () => connection.isClosed);
  });

  test('is not seen by another session', async () => {
    const { core, connection } = await alone();
    const other = await legacyClient(core, { ...FILES, who: BOB });
    const stream = other.listen();
    connection.say('{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}');
    connection.say(question(1));
    expect(stream.events).toEqual([]);
  });
});

describe('log messages', () => {
  test('below the level of a session do not reach it, and others hear them', async () => {
    const files = new FakeServer('files');
    const core = coreWith([files]);
    const [quiet, loud] = [await legacyClient(core, FILES), await legacyClient(core, { ...FILES, who: BOB })];
    const [quietly, loudly] = [quiet.listen(), loud.listen()];
    await quiet.request(1, 'logging/setLevel', { level: 'warning' }).answered();
    const connection = await files.connection();
    for (const level of ['debug', 'notice', 'warning', 'emergency', 'unheard']) connection.say(log(level));
    expect(levels(quietly.events)).toEqual(['warning', 'emergency', 'unheard']);
    expect(levels(loudly.events)).toEqual(['debug', 'notice', 'warning', 'emergency', 'unheard']);
  });

  test('of the modern era come with a request that asked for them, from its level on', async () => {
    const files = new FakeServer('files', { era: 'modern' });
    const core = coreWith([files]);
    const meta = { 'io.modelcontextprotocol/logLevel': 'warning' };
    const open = modernRequest(core, 1, 'tools/call', CALL, { ...FILES, meta });
    await files.got('tools/call');
    const connection = await files.connection();
    connection.say(log('error'));
    connection.say(log('debug'));
    expect(open.events).toEqual([log('error')]);
  });

  test('do not come with a modern request that did not ask', async () => {
    const files = new FakeServer('files', { era: 'modern' });
    const core = coreWith([files]);
    const open = modernRequest(core, 1, 'tools/call', CALL, FILES);
    const { id } = await files.got('tools/call');
    const connection = await files.connection();
    connection.say(log('error'));
    connection.result(id, { resultType: 'complete' });
    await open.answered();
    expect(open.isStream).toBe(false);
  });
});

function log(level: string): string {
  return `{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"${level}","data":1}}`;
}

function levels(events: readonly string[]): (string | undefined)[] {
  return events.map((text) => /"level":"(\w+)"/.exec(text)?.[1]);
}
