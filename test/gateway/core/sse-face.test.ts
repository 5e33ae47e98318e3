import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/platform/json.js';
import type { FakeReply } from './support/fake-reply.js';
import { FakeServer, tool } from './support/fake-server.js';
import { ADA, BOB, coreWith, type TestCore } from './support/test-core.js';

const INITIALIZE = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2024-11-05', capabilities: {}, clientInfo: { name: 'old', version: '1' } },
};

interface OldClient {
  readonly stream: FakeReply;
  readonly post: (body: string | JsonObject, who?: typeof ADA) => FakeReply;
}

function oldClient(core: TestCore): OldClient {
  const stream = core.sse('GET', '');
  const query = (stream.events[0] ?? '').replace('/messages', '');
  return { stream, post: (body, who = ADA) => core.sse('POST', body, { who, query }) };
}

describe('a client of the transport of 2024-11-05', () => {
  test('is told where to post, and gets every answer on its stream', async () => {
    const files = new FakeServer('files', { tools: [tool('read')] });
    const core = coreWith([files]);
    const { stream, post } = oldClient(core);
    expect(stream).toMatchObject({
      isStream: true,
      names: ['endpoint'],
      events: ['/messages?sessionId=handle-1'],
    });
    expect(post(INITIALIZE)).toMatchObject({ status: 202 });
    expect(await stream.event(1)).toMatchObject({ id: 1, result: { protocolVersion: '2024-11-05' } });
    expect(post({ jsonrpc: '2.0', method: 'notifications/initialized' })).toMatchObject({ status: 202 });
    post({ jsonrpc: '2.0', id: 'a', method: 'tools/list' });
    expect(await stream.event(2)).toMatchObject({ id: 'a', result: { tools: [{ name: 'files__read' }] } });
    const meta = { _meta: { progressToken: 't' } };
    post({ jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'files__read', ...meta } });
    const { id } = await files.got('tools/call');
    const connection = await files.connection();
    connection.say(
      `{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":${id},"progress":1}}`,
    );
    connection.result(id, { content: [] });
    expect(await stream.event(3)).toMatchObject({ params: { progressToken: 't' } });
    expect(await stream.event(4)).toEqual({ jsonrpc: '2.0', id: 2, result: { content: [] } });
    expect(stream.isDone).toBe(false);
  });

  test('is the only one who may post to its session', () => {
    const core = coreWith([]);
    const { post } = oldClient(core);
    expect(post(INITIALIZE, BOB)).toMatchObject({ status: 404 });
    expect(core.sse('POST', INITIALIZE, { query: '?sessionId=x' })).toMatchObject({ status: 404 });
    expect(core.sse('POST', INITIALIZE)).toMatchObject({ status: 404 });
    expect(post('{')).toMatchObject({ status: 400 });
  });

  test('that posts what is no message is refused, and that is told', () => {
    const core = coreWith([]);
    const { post } = oldClient(core);
    expect(post('{')).toMatchObject({ status: 400 });
    expect(core.refusals).toMatchObject([{ reason: 'not-json', principal: ADA }]);
  });

  test('ends its session with its stream', async () => {
    const files = new FakeServer('files');
    const core = coreWith([files]);
    const { stream, post } = oldClient(core);
    post(INITIALIZE);
    await stream.event(1);
    stream.leave();
    expect(core.core.sessions.size).toBe(0);
    expect(core.closed).toHaveLength(core.opened.length);
    expect(post(INITIALIZE)).toMatchObject({ status: 404 });
  });

  test('that greets twice leaves nothing open behind it', async () => {
    const files = new FakeServer('files', { isolation: 'session' });
    const core = coreWith([files]);
    const { stream, post } = oldClient(core);
    post(INITIALIZE);
    await stream.event(1);
    post({ ...INITIALIZE, id: 2 });
    await stream.event(2);
    stream.leave();
    expect(core.closed).toHaveLength(core.opened.length);
    expect(files.connections.filter(({ isClosed }) => !isClosed)).toEqual([]);
  });
});
