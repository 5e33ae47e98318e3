import { describe, expect, test } from 'vitest';
import {
  GATEWAY_AGENT_SESSIONS_MAX,
  GATEWAY_AGENTS_MAX,
  GATEWAY_SESSION_IDLE_MS,
  GATEWAY_SESSIONS_MAX,
  GATEWAY_UNREAD_BYTES_MAX,
} from '../../../src/platform/bounds.js';
import { eventually } from '../../support/eventually.js';
import { legacyClient, modernRequest } from './support/clients.js';
import { FakeServer, tool } from './support/fake-server.js';
import { ADA, BOB, coreWith, principal, type TestCore } from './support/test-core.js';
import { verifies } from '../../requirements.js';

const PING = { jsonrpc: '2.0', id: 1, method: 'ping' };
const INITIALIZE = { jsonrpc: '2.0', id: 1, method: 'initialize', params: { protocolVersion: '2025-11-25' } };

function setup(): { readonly test: TestCore; readonly files: FakeServer } {
  const files = new FakeServer('files', { tools: [tool('read')] });
  return { test: coreWith([files]), files };
}

describe('a session', () => {
  verifies('gateway:sessions');

  test('begins with initialize, whose answer names it', async () => {
    const { test: core } = setup();
    const client = await legacyClient(core);
    expect(client.session).toBe('handle-1');
    expect(client.greeting).toMatchObject({
      id: 'init',
      result: {
        protocolVersion: '2025-11-25',
        capabilities: { tools: {} },
        serverInfo: { name: 'mcp-guard' },
      },
    });
    expect(core.core.sessions.size).toBe(1);
    expect(await client.request(1, 'ping').answered()).toEqual({ jsonrpc: '2.0', id: 1, result: {} });
    expect(client.notify('notifications/initialized')).toMatchObject({ status: 202, isDone: true });
  });

  test('is named in every answer', async () => {
    const { test: core } = setup();
    const client = await legacyClient(core);
    expect(client.request(1, 'ping').headers).toEqual({ 'mcp-session-id': client.session });
  });

  test('is needed for everything but initialize: 400 without, 404 for an unknown one', async () => {
    const { test: core } = setup();
    expect(core.post(PING)).toMatchObject({ status: 400 });
    expect(core.post(PING, { headers: { 'mcp-session-id': 'handle-1' } })).toMatchObject({ status: 404 });
    expect(core.post({ jsonrpc: '2.0', method: 'notifications/initialized' })).toMatchObject({ status: 400 });
    expect(core.exchange('GET', '', { headers: { 'mcp-session-id': 'x' } })).toMatchObject({ status: 404 });
    expect(core.exchange('DELETE', '', { headers: { 'mcp-session-id': 'x' } })).toMatchObject({
      status: 404,
    });
    expect(core.exchange('GET', '')).toMatchObject({ status: 405, headers: { allow: 'POST' } });
    expect(core.exchange('DELETE', '')).toMatchObject({ status: 405, headers: { allow: 'POST' } });
  });

  test('belongs to who began it: its id in other hands is unknown', async () => {
    const { test: core } = setup();
    const { session } = await legacyClient(core, { who: ADA });
    const headers = { 'mcp-session-id': session };
    expect(core.post(PING, { who: BOB, headers })).toMatchObject({ status: 404 });
    expect(core.exchange('GET', '', { who: BOB, headers })).toMatchObject({ status: 404 });
    expect(core.exchange('DELETE', '', { who: BOB, headers })).toMatchObject({ status: 404 });
    expect(core.post(PING, { who: ADA, headers })).toMatchObject({ status: 200 });
  });

  test('belongs to the path on which it began', async () => {
    const { test: core } = setup();
    const { session } = await legacyClient(core, { upstream: 'files' });
    const headers = { 'mcp-session-id': session };
    expect(core.post(PING, { headers })).toMatchObject({ status: 404 });
    expect(core.post(PING, { headers, upstream: 'files' })).toMatchObject({ status: 200 });
  });

  test('ends with DELETE: what is open is answered, its server is told, and its id is unknown', async () => {
    const { test: core, files } = setup();
    const client = await legacyClient(core);
    await client.request(1, 'tools/list').answered();
    const open = client.request(2, 'tools/call', { name: 'files__read' });
    const call = await files.got('tools/call');
    const stream = client.listen();
    expect(client.end()).toMatchObject({ status: 200 });
    expect(await open.answered()).toMatchObject({ id: 2, error: { code: -31002 } });
    expect(await files.got('notifications/cancelled')).toMatchObject({ params: { requestId: call.id } });
    expect(stream.isDone).toBe(true);
    expect(client.request(3, 'ping').status).toBe(404);
    expect(core.closed).toEqual(['files: the client ended the session']);
    expect(core.exchanges.size).toBe(0);
  });

  test('does not begin with an initialize that fails', async () => {
    const { test: core, files } = setup();
    files.trouble = { failureClass: 'not-found', message: 'the server "files" was not found' };
    const failed = core.post(INITIALIZE, { upstream: 'files' });
    expect(await failed.answered()).toMatchObject({ error: { code: -32603 } });
    expect(failed.headers).not.toHaveProperty('mcp-session-id');
    expect(core.core.sessions.size).toBe(0);
  });

  test('has one stream at a time', async () => {
    const { test: core } = setup();
    const client = await legacyClient(core);
    const first = client.listen();
    expect(first).toMatchObject({ isStream: true, headers: { 'mcp-session-id': client.session } });
    expect(client.listen().status).toBe(409);
    first.leave();
    expect(client.listen().isStream).toBe(true);
  });

  test('keeps what no stream takes until there is one, in order and once', async () => {
    const { test: core, files } = setup();
    const client = await legacyClient(core);
    await client.request(1, 'tools/list').answered();
    const connection = await files.connection();
    connection.say('{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}');
    connection.say('{"jsonrpc":"2.0","method":"notifications/x/y","params":{"n":12345678901234567890}}');
    const stream = client.listen();
    connection.say('{"jsonrpc":"2.0","method":"notifications/prompts/list_changed"}');
    expect(stream.events).toEqual([
      '{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}',
      '{"jsonrpc":"2.0","method":"notifications/x/y","params":{"n":12345678901234567890}}',
      '{"jsonrpc":"2.0","method":"notifications/prompts/list_changed"}',
    ]);
    stream.leave();
    expect(client.listen().events).toEqual([]);
  });

  test('without a stream keeps a bounded number of bytes: the oldest go', async () => {
    const { test: core, files } = setup();
    const client = await legacyClient(core);
    const connection = await files.connection();
    const size = GATEWAY_UNREAD_BYTES_MAX / 4;
    for (let index = 0; index < 5; index++) {
      const text = `${index}${'x'.repeat(size)}`;
      connection.say(JSON.stringify({ jsonrpc: '2.0', method: 'notifications/x', params: { text } }));
    }
    expect(client.listen().events.map((text) => /"text":"(\d)/.exec(text)?.[1])).toEqual(['2', '3', '4']);
  });
});

describe('how many there are', () => {
  test('one agent has a bounded number of sessions; others still begin theirs', async () => {
    const { test: core } = setup();
    for (let index = 0; index < GATEWAY_AGENT_SESSIONS_MAX; index++) core.post(INITIALIZE, { who: ADA });
    const refused = core.post(INITIALIZE, { who: ADA });
    expect(refused).toMatchObject({ status: 503, headers: { 'retry-after': '30' } });
    expect(await refused.answered()).toMatchObject({ error: { code: -31006 } });
    await legacyClient(core, { who: BOB });
    expect(core.core.sessions.size).toBe(GATEWAY_AGENT_SESSIONS_MAX + 1);
  });

  test('all agents together have a bounded number of sessions', () => {
    const { test: core } = setup();
    for (let index = 0; index < GATEWAY_SESSIONS_MAX; index++) {
      core.post(INITIALIZE, { who: principal(`agent-${index}`) });
    }
    expect(core.post(INITIALIZE, { who: ADA })).toMatchObject({ status: 503 });
  });

  test('one agent too many of the modern era: who was silent the longest is let go', async () => {
    const { test: core } = setup();
    for (let index = 0; index < GATEWAY_AGENTS_MAX; index++) {
      modernRequest(core, 1, 'tools/list', {}, { who: principal(`agent-${index}`) });
      core.time.pass(1);
    }
    modernRequest(core, 2, 'tools/list', {}, { who: principal('agent-0') });
    core.time.pass(1);
    modernRequest(core, 1, 'tools/list', {}, { who: ADA });
    const everyone = core.core.sessions.everyone().map(({ caller }) => caller.facts.principal.agent);
    expect(everyone).toHaveLength(GATEWAY_AGENTS_MAX);
    expect(everyone).toContain('agent-0');
    expect(everyone).not.toContain('agent-1');
  });
});

describe('idleness', () => {
  test('ends a session after its time, and its id is unknown', async () => {
    const { test: core } = setup();
    const client = await legacyClient(core);
    core.time.pass(GATEWAY_SESSION_IDLE_MS - 1);
    core.core.sessions.expire();
    expect(core.core.sessions.size).toBe(1);
    core.time.pass(1);
    core.core.sessions.expire();
    expect(core.core.sessions.size).toBe(0);
    expect(client.request(1, 'ping').status).toBe(404);
  });

  test('begins anew with everything that is heard', async () => {
    const { test: core } = setup();
    const client = await legacyClient(core);
    core.time.pass(GATEWAY_SESSION_IDLE_MS - 1);
    client.notify('notifications/initialized');
    core.time.pass(GATEWAY_SESSION_IDLE_MS - 1);
    core.core.sessions.expire();
    expect(core.core.sessions.size).toBe(1);
  });

  test('is not that of a client that listens or waits', async () => {
    const { test: core, files } = setup();
    const listening = await legacyClient(core);
    const stream = listening.listen();
    const waiting = await legacyClient(core, { who: BOB, upstream: 'files' });
    const open = waiting.request(1, 'tools/call', { name: 'read' });
    const call = await files.got('tools/call');
    core.time.pass(2 * GATEWAY_SESSION_IDLE_MS);
    core.core.sessions.expire();
    expect(core.core.sessions.size).toBe(2);
    stream.leave();
    (await files.connection()).result(call.id, {});
    await open.answered();
    core.core.sessions.expire();
    expect(core.core.sessions.size).toBe(0);
  });

  test('lets an agent of the modern era go, but not while it waits', async () => {
    const { test: core, files } = setup();
    const open = modernRequest(core, 1, 'tools/call', { name: 'read' }, { upstream: 'files' });
    const call = await files.got('tools/call');
    core.time.pass(2 * GATEWAY_SESSION_IDLE_MS);
    core.core.sessions.expire();
    expect(core.core.sessions.everyone()).toHaveLength(1);
    (await files.connection()).result(call.id, {});
    await open.answered();
    core.core.sessions.expire();
    expect(core.core.sessions.everyone()).toEqual([]);
    await eventually('the end of its conversation', () => core.closed.length === 1);
  });
});

test('the end of the gateway answers everything that is open, once', async () => {
  const { test: core, files } = setup();
  const client = await legacyClient(core, { upstream: 'files' });
  const stream = client.listen();
  const legacy = client.request(7, 'tools/call', { name: 'read' });
  const modern = modernRequest(core, 8, 'tools/call', { name: 'read' }, { upstream: 'files' });
  await files.got('tools/call', 1);
  core.core.close('guard is ending');
  expect(await legacy.answered()).toMatchObject({ id: 7, error: { message: 'guard: guard is ending' } });
  expect(await modern.answered()).toMatchObject({ id: 8, error: { message: 'guard: guard is ending' } });
  expect(stream.isDone).toBe(true);
  expect(core.exchanges.size).toBe(0);
  expect(core.core.sessions.everyone()).toEqual([]);
});
