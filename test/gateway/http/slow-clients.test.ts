import net from 'node:net';
import { expect, test } from 'vitest';
import type { EventStream } from '../../../src/gateway/http/port.js';
import { STREAM_WAITING_BYTES_MAX } from '../../../src/platform/bounds.js';
import { verifies } from '../../requirements.js';
import { eventually, within } from '../../support/eventually.js';
import { post, RAW_POST, raw, requestText, served, serving } from './serving.js';

verifies('http:slow-client', 'http:caps');

const MIB = 1024 * 1024;

/** A connection that sends and never reads. */
function unread(port: number, text: string): net.Socket {
  const socket = net.connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.pause();
  socket.write(text);
  return socket;
}

test('headers that do not come get 408, and others are served meanwhile', async () => {
  const { port, url } = await serving({ bounds: { headersMs: 100, timeoutCheckMs: 20 } });
  const slow = raw(port, 'POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow:');
  await served(url);
  expect(await slow).toMatch(/^HTTP\/1\.1 408 /);
});

test('a body that does not come gets 408 and reaches nobody', async () => {
  const { port, exchanges, server } = await serving({
    bodyBytesMax: 1024,
    bounds: { requestMs: 100, headersMs: 100, timeoutCheckMs: 20 },
  });
  const text = requestText('POST /mcp HTTP/1.1', [...RAW_POST, 'Content-Length: 100'], '{"half');
  expect(await raw(port, text)).toMatch(/^HTTP\/1\.1 408 /);
  expect(exchanges).toEqual([]);
  await eventually('room again', () => server.now.exchanges === 0);
});

test('a client that does not read its answer is cut off after a time', async () => {
  let isLeft = false;
  const { port, counted } = await serving({ bounds: { stallMs: 200 } }, ({ reply }) => {
    reply.onLeft(() => {
      isLeft = true;
    });
    reply.json(200, Buffer.alloc(32 * MIB, 'x'));
  });
  const socket = unread(port, requestText('POST /mcp HTTP/1.1', [...RAW_POST, 'Content-Length: 2'], '{}'));
  await eventually('the cut', () => isLeft);
  expect(counted).toContain('cutOff');
  socket.destroy();
});

test('a client that takes its time but reads gets everything', async () => {
  const { port } = await serving({ bounds: { stallMs: 300 } }, ({ reply }) => {
    reply.json(200, Buffer.alloc(24 * MIB, 'x'));
  });
  const headers = [...RAW_POST, 'Content-Length: 2', 'Connection: close'];
  const socket = unread(port, requestText('POST /mcp HTTP/1.1', headers, '{}'));
  let received = 0;
  const whole = new Promise<void>((resolve) => {
    socket.on('close', () => resolve());
    socket.on('data', (piece) => {
      received += piece.length;
      socket.pause();
      setTimeout(() => socket.resume(), 1);
    });
  });
  socket.resume();
  await within('the whole answer', whole);
  expect(received).toBeGreaterThan(24 * MIB);
});

test('a client that does not read its stream is cut off once too much waits', async () => {
  let stream: EventStream | undefined;
  const left: string[] = [];
  const { port, logged } = await serving({}, ({ reply }) => {
    reply.onLeft(() => left.push('left'));
    stream = reply.stream();
  });
  const socket = unread(port, requestText('GET /mcp HTTP/1.1', ['Accept: text/event-stream']));
  const open = await eventually('the stream', () => stream);
  const event = Buffer.alloc(8 * MIB, 'x');
  let sent = 0;
  while (left.length === 0 && sent < 4 * STREAM_WAITING_BYTES_MAX) {
    open.send(event);
    sent += event.length;
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
  await eventually('the cut', () => left.length > 0);
  expect(sent).toBeLessThan(2 * STREAM_WAITING_BYTES_MAX);
  expect(logged.some((line) => line.includes('its event stream is not read'))).toBe(true);
  socket.destroy();
});

test('answers that wait for all slow clients together are bounded: the slowest goes', async () => {
  const left: string[] = [];
  const { port } = await serving({ bounds: { answersWaitingBytesMax: 40 * MIB } }, ({ reply, query }) => {
    reply.onLeft(() => left.push(query));
    reply.json(200, Buffer.alloc(16 * MIB, 'x'));
  });
  const sockets = ['?1', '?2', '?3'].map((query) =>
    unread(port, requestText(`POST /mcp${query} HTTP/1.1`, [...RAW_POST, 'Content-Length: 2'], '{}')),
  );
  await eventually('the cut', () => left.length > 0);
  expect(left).toHaveLength(1);
  for (const socket of sockets) socket.destroy();
});

test('calls and streams of one caller are bounded, with a time to come again', async () => {
  const { url, server } = await serving(
    { bounds: { callerCallsMax: 2, callerStreamsMax: 1 } },
    ({ reply, method }) => {
      if (method === 'GET') reply.stream();
    },
  );
  const leave = new AbortController();
  const { signal } = leave;
  const held = [post(url, { signal }), post(url, { signal })].map((call) => call.catch(() => 'left'));
  const stream = await fetch(`${url}/mcp`, { signal });
  await eventually('what is open', () => server.now.exchanges === 3);
  const call = await post(url);
  expect([call.status, call.headers.get('retry-after')]).toEqual([429, '1']);
  expect(await call.json()).toMatchObject({ jsonrpc: '2.0', id: null, error: { code: -31006 } });
  expect((await fetch(`${url}/mcp`)).status).toBe(429);
  leave.abort();
  await Promise.all([...held, stream.text().catch(() => 'left')]);
  await eventually('room again', () => server.now.exchanges === 0);
});

test('exchanges of all callers together are bounded', async () => {
  const { url, server } = await serving({ bounds: { exchangesMax: 1 } }, () => undefined);
  const leave = new AbortController();
  const held = post(url, { signal: leave.signal }).catch(() => 'left');
  await eventually('the call', () => server.now.exchanges === 1);
  expect((await post(url)).status).toBe(503);
  leave.abort();
  await held;
});

test('connections above the bound are closed as they come', async () => {
  const { port, refusals } = await serving({ bounds: { connectionsMax: 1 } });
  const first = net.connect(port, '127.0.0.1');
  await new Promise((resolve) => {
    first.on('connect', resolve);
  });
  expect(await raw(port, 'GET /healthz HTTP/1.1\r\n')).toBe('');
  expect(refusals).toMatchObject([{ reason: 'connections_full' }]);
  first.destroy();
});

test('a connection without a request is closed after a time', async () => {
  const { port } = await serving({ bounds: { idleMs: 50 } });
  const answer = await raw(port, requestText('GET /healthz HTTP/1.1', []));
  expect(answer).toMatch(/^HTTP\/1\.1 200 /);
});

test('a gate holds calls back until it opens', async () => {
  let isOpen = false;
  const waiting: (() => void)[] = [];
  const gate = {
    get isOpen() {
      return isOpen;
    },
    whenOpen: () =>
      new Promise<void>((resolve) => {
        waiting.push(resolve);
      }),
  };
  const { url, exchanges, server } = await serving({ gate });
  const call = post(url);
  await eventually('the held call', () => server.now.exchanges === 1);
  expect(exchanges).toEqual([]);
  isOpen = true;
  for (const open of waiting) open();
  expect((await call).status).toBe(200);
});
