import net from 'node:net';
import { expect, test } from 'vitest';
import type { McpExchange } from '../../../src/gateway/http/port.js';
import { unusable } from '../../../src/platform/http/listen.js';
import { isGuardError } from '../../../src/platform/errors.js';
import { verifies } from '../../requirements.js';
import { eventually, within } from '../../support/eventually.js';
import { post, RAW_POST, requestText, serving } from './serving.js';

verifies('http:closing', 'http:address');

/** Longer than the test has patience for. */
const LONG_MS = 600_000;

test('an open call gets its answer while the server closes; nothing new is taken', async () => {
  let held: McpExchange | undefined;
  const { url, server } = await serving({}, (exchange) => {
    held = exchange;
  });
  const call = post(url);
  const exchange = await eventually('the call', () => held);
  const closed = server.close();
  await expect(post(url)).rejects.toThrow();
  exchange.reply.json(200, '{"late":true}');
  const response = await call;
  expect(await response.json()).toEqual({ late: true });
  expect(response.headers.get('connection')).toBe('close');
  await closed;
  expect(server.now.connections).toBe(0);
});

test('a call that does not end is cut after the bound, and listening streams end at once', async () => {
  const { url, server } = await serving({}, ({ reply, method }) => {
    if (method === 'GET') reply.stream();
  });
  const call = post(url).then(
    () => 'answered',
    () => 'cut',
  );
  const stream = await fetch(`${url}/mcp`);
  await eventually('what is open', () => server.now.exchanges === 2);
  server.beginClosing();
  expect(await stream.text()).toBe('');
  await server.close(10);
  expect(await call).toBe('cut');
  expect(server.now).toEqual({ connections: 0, exchanges: 0, streams: 0 });
});

test('a stream that began before the end holds nothing up once it is whole', async () => {
  let held: McpExchange | undefined;
  const { url, server } = await serving({}, (exchange) => {
    held = exchange;
  });
  const call = post(url);
  const { reply } = await eventually('the call', () => held);
  const stream = reply.stream();
  stream.send(Buffer.from('{"early":true}'));
  const response = await call;
  const closed = server.close(LONG_MS);
  stream.send(Buffer.from('{"late":true}'));
  stream.end();
  expect(await response.text()).toContain('{"late":true}');
  await within('the end', closed);
  expect(server.now.connections).toBe(0);
});

test('a connection that was opened and not used holds nothing up', async () => {
  const { port, server } = await serving();
  const socket = net.connect(port, '127.0.0.1');
  await eventually('the connection', () => server.now.connections === 1);
  const closed = new Promise((resolve) => {
    socket.on('close', resolve);
  });
  socket.resume();
  await within('the end', server.close());
  await closed;
  expect(server.isClosing).toBe(true);
});

test('a call on a connection that is still open is refused while the server closes', async () => {
  const held: McpExchange[] = [];
  const { port, server, refusals } = await serving({}, (exchange) => {
    held.push(exchange);
  });
  const socket = net.connect(port, '127.0.0.1');
  socket.resume();
  const one = requestText('POST /mcp HTTP/1.1', [...RAW_POST, 'Content-Length: 2'], '{}');
  socket.write(one);
  await eventually('the call', () => held.length === 1);
  server.beginClosing();
  socket.write(one);
  await eventually('the refusal', () => refusals.length === 1);
  expect(refusals).toMatchObject([{ status: 503, reason: 'closing' }]);
  expect(held).toHaveLength(1);
  socket.destroy();
});

test('closing twice is closing once', async () => {
  const { server } = await serving();
  await Promise.all([server.close(), server.close()]);
});

test('an address that is taken is one error that says what to do', async () => {
  const { port } = await serving();
  const error: unknown = await serving({ port }).catch((thrown: unknown) => thrown);
  expect(isGuardError(error)).toBe(true);
  expect(error).toMatchObject({
    code: 'address-unusable',
    message: `cannot listen on 127.0.0.1:${port}: EADDRINUSE`,
    hint: expect.stringContaining('set listen.port'),
  });
});

test.each([
  ['EACCES', /above 1023/],
  ['EADDRNOTAVAIL', /set listen\.host/],
])('%s has a hint', (code, expected) => {
  const cause = Object.assign(new Error('no'), { code });
  expect(unusable('::1', 80, cause).message).toBe(`cannot listen on [::1]:80: ${code}`);
  expect(unusable('::1', 80, cause).hint).toMatch(expected);
});
