import { expect, test } from 'vitest';
import type { EventStream, McpExchange } from '../../../src/gateway/http/port.js';
import { verifies } from '../../requirements.js';
import { eventually } from '../../support/eventually.js';
import { post, serving } from './serving.js';

verifies('http:answers-whole', 'http:client-left');

const MIB = 1024 * 1024;

test('a JSON answer of 64 MiB arrives whole, and twenty of 8 MiB at once do', async () => {
  const { url } = await serving({}, ({ reply, body }) => {
    reply.json(200, Buffer.alloc(Number(body.toString()) * MIB, '0123456789abcdef'));
  });
  const fetched = async (mebibytes: number): Promise<Buffer> =>
    Buffer.from(await (await post(url, { body: String(mebibytes) })).arrayBuffer());
  expect((await fetched(64)).equals(Buffer.alloc(64 * MIB, '0123456789abcdef'))).toBe(true);
  const answers = await Promise.all(Array.from({ length: 20 }, () => fetched(8)));
  expect(answers.map(({ length }) => length)).toEqual(answers.map(() => 8 * MIB));
});

test('an answer without a body, with headers of the core', async () => {
  const { url } = await serving({}, ({ reply }) => reply.empty(202, { 'mcp-session-id': 's-1' }));
  const response = await post(url);
  expect([response.status, response.headers.get('mcp-session-id')]).toEqual([202, 's-1']);
  expect(await response.text()).toBe('');
});

test('a stream says so at once, and events arrive as their bytes', async () => {
  let stream: EventStream | undefined;
  const { url } = await serving({}, ({ reply }) => {
    stream = reply.stream({ 'Mcp-Session-Id': 's' });
  });
  const response = await post(url);
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  expect(response.headers.get('x-accel-buffering')).toBe('no');
  expect(response.headers.get('cache-control')).toBe('no-store');
  const large = `{"x":"${'y'.repeat(100_000)}"}`;
  stream?.send(Buffer.from('{"a":12345678901234567890}'));
  stream?.send(Buffer.from('{"b":"caf\u00e9"}'), { id: '7', name: 'endpoint' });
  stream?.send(Buffer.from('{"c":\r\n1}'));
  stream?.send(Buffer.from(large));
  stream?.end();
  stream?.send(Buffer.from('too late'));
  expect(await response.text()).toBe(
    [
      'event: message\ndata: {"a":12345678901234567890}',
      'id: 7\nevent: endpoint\ndata: {"b":"caf\u00e9"}',
      'event: message\ndata: {"c":  1}',
      `event: message\ndata: ${large}`,
      '',
    ].join('\n\n'),
  );
});

test('a stream gets comments while nothing else comes', async () => {
  const { url, server } = await serving({ bounds: { streamCommentMs: 20 } }, ({ reply }) => {
    reply.stream();
  });
  const response = await fetch(`${url}/mcp`, { headers: { accept: 'text/event-stream' } });
  const reader = response.body?.getReader();
  const first = await reader?.read();
  expect(Buffer.from(first?.value ?? []).toString()).toMatch(/^(:\n\n)+$/);
  expect(server.now).toMatchObject({ exchanges: 1, streams: 1 });
  await reader?.cancel();
  await eventually('the end of the stream', () => server.now.streams === 0);
  expect(server.now.exchanges).toBe(0);
});

test('only the first answer counts, and the rest does nothing', async () => {
  const { url } = await serving({}, ({ reply }) => {
    reply.json(200, '{}');
    expect(reply.over).toBe(true);
    reply.json(500, '{}');
    reply.empty(202);
    reply.stream().send(Buffer.from('x'));
  });
  const response = await post(url);
  expect([response.status, await response.text()]).toEqual([200, '{}']);
});

test('a client that leaves is told of once; one that got its answer is not', async () => {
  const left: string[] = [];
  let held: McpExchange | undefined;
  const { url } = await serving({}, (exchange) => {
    exchange.reply.onLeft(() => left.push(exchange.upstream ?? 'merged'));
    if (exchange.upstream === null) exchange.reply.json(200, '{}');
    else held = exchange;
  });
  await (await post(url)).text();
  const leave = new AbortController();
  const waiting = fetch(`${url}/mcp/slow`, {
    method: 'POST',
    body: '{}',
    headers: { 'content-type': 'application/json', accept: '*/*' },
    signal: leave.signal,
  }).catch(() => 'left');
  const exchange = await eventually('the call', () => held);
  leave.abort();
  await waiting;
  await eventually('the news', () => left.length > 0);
  expect(left).toEqual(['slow']);
  expect(exchange.reply.over).toBe(true);
  exchange.reply.json(200, '{}');
  exchange.reply.onLeft(() => left.push('late'));
  expect(left).toEqual(['slow', 'late']);
});
