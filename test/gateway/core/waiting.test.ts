import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Patience } from '../../../src/gateway/core/patience.js';
import { PostAnswer } from '../../../src/gateway/core/post-answer.js';
import { notificationFrame } from '../../../src/jsonrpc/replies.js';
import {
  GATEWAY_GREETING_MS,
  GATEWAY_LIST_MS,
  GATEWAY_STREAM_AFTER_MS,
} from '../../../src/platform/bounds.js';
import { modernRequest } from './support/clients.js';
import { FakeReply } from './support/fake-reply.js';
import { FakeServer, tool } from './support/fake-server.js';
import { coreWith } from './support/test-core.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

function answering(modern = true): {
  readonly reply: FakeReply;
  readonly post: PostAnswer;
  readonly done: number[];
} {
  const reply = new FakeReply();
  const done: number[] = [];
  const id = Buffer.from('"a"');
  const headers = { 'mcp-session-id': 's' };
  const clock = { monotonicMs: () => performance.now() };
  const post = new PostAnswer({
    reply,
    patience: new Patience(clock, GATEWAY_STREAM_AFTER_MS),
    requestId: 'r',
    upstream: null,
    id,
    modern,
    headers: () => headers,
    done: () => void done.push(1),
  });
  return { reply, post, done };
}

/** All share one timer, which is gone once it went off with nobody there. */
function expectNobodyWaits(): void {
  vi.advanceTimersByTime(GATEWAY_STREAM_AFTER_MS);
  expect(vi.getTimerCount()).toBe(0);
}

describe('an answer', () => {
  test('that comes soon is one body with the client’s id and the headers', () => {
    const { reply, post, done } = answering();
    post.result({ x: 1 });
    expect(reply).toMatchObject({
      status: 200,
      body: '{"jsonrpc":"2.0","id":"a","result":{"x":1}}',
      headers: { 'mcp-session-id': 's' },
    });
    expect(done).toHaveLength(1);
    expectNobodyWaits();
  });

  test('that takes long begins as a stream, and is its last event', () => {
    const { reply, post } = answering();
    vi.advanceTimersByTime(GATEWAY_STREAM_AFTER_MS - 1);
    expect(reply.status).toBeUndefined();
    vi.advanceTimersByTime(1);
    expect(reply).toMatchObject({ isStream: true, events: [], headers: { 'mcp-session-id': 's' } });
    post.error(-32601, 'm');
    expect(reply).toMatchObject({
      status: 200,
      isDone: true,
      events: ['{"jsonrpc":"2.0","id":"a","error":{"code":-32601,"message":"m"}}'],
    });
  });

  test('becomes a stream with the first message that belongs before it', () => {
    const { reply, post } = answering();
    post.related(notificationFrame('n', {}));
    expectNobodyWaits();
    post.result({});
    expect(reply.events).toEqual([
      '{"jsonrpc":"2.0","method":"n","params":{}}',
      '{"jsonrpc":"2.0","id":"a","result":{}}',
    ]);
  });

  test('is given once, and nothing comes after it', () => {
    const { reply, post, done } = answering();
    post.result({ first: true });
    post.result({ second: true });
    post.related(notificationFrame('n', {}));
    post.drop();
    expect(reply.body).toContain('first');
    expect(done).toHaveLength(1);
  });

  test('that is given up ends without one', () => {
    const { reply, post, done } = answering();
    post.drop();
    post.result({});
    expect(reply).toMatchObject({ isDone: true, events: [] });
    expect(done).toHaveLength(1);
    expectNobodyWaits();
  });

  test('to a client that has left says nothing, and still ends the request', () => {
    const { reply, post, done } = answering();
    reply.leave();
    post.result({});
    expect(reply.status).toBeUndefined();
    expect(done).toHaveLength(1);
  });

  test.each([
    [true, -32601, 404],
    [true, -32020, 400],
    [true, -32021, 400],
    [true, -32022, 400],
    [true, -32602, 200],
    [false, -32601, 200],
    [false, -32021, 200],
  ])('of the modern era (%j) with the code %d has the status %d', (modern, code, status) => {
    const { reply, post } = answering(modern);
    post.error(code, 'm');
    expect(reply.status).toBe(status);
  });
});

describe('a server that does not answer in time', () => {
  test('is left out of the merged list', async () => {
    const slow = new FakeServer('slow', { silent: ['tools/list'], tools: [tool('x')] });
    const core = coreWith([slow, new FakeServer('ape', { tools: [tool('a')] })]);
    const list = modernRequest(core, 1, 'tools/list');
    await vi.advanceTimersByTimeAsync(GATEWAY_LIST_MS - 1);
    expect(list.isDone).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(list.isDone).toBe(true);
    expect(list.answer).toContain('"ape__a"');
    expect(list.answer).not.toContain('slow');
  });

  test('is left out of the greeting', async () => {
    const slow = new FakeServer('slow', { instructions: 'Never said.' });
    slow.isReady = false;
    const core = coreWith([slow, new FakeServer('ape', { instructions: 'Be brief.' })]);
    const greeting = modernRequest(core, 1, 'server/discover');
    await vi.advanceTimersByTimeAsync(GATEWAY_GREETING_MS);
    expect(greeting.isDone).toBe(true);
    expect(greeting.answer).toContain('Be brief.');
    expect(greeting.answer).not.toContain('Never said.');
    slow.isReady = true;
    await vi.runAllTimersAsync();
  });
});
