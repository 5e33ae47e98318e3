import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { readSyslogAddress } from '../../../src/audit/anchors/syslog-address.js';
import { syslogAnchor, syslogMessage } from '../../../src/audit/anchors/syslog.js';
import { verifies } from '../../requirements.js';

verifies('audit:anchor:remote');

const SENDER = { hostname: 'host-1', pid: 42, timestamp: () => '2026-01-31T14:30:00.000Z' };
const LINE = '{"v":1,"type":"checkpoint","agent":"Zoë"}';
const MESSAGE = `<110>1 2026-01-31T14:30:00.000Z host-1 guard 42 checkpoint - ${LINE}`;
const never = (): AbortSignal => new AbortController().signal;

test('a datagram for each head', async () => {
  const server = createSocket('udp4');
  onTestFinished(() => void server.close());
  server.bind(0, '127.0.0.1');
  await once(server, 'listening');
  const received = once(server, 'message') as Promise<[Buffer]>;
  const anchor = syslogAnchor({ transport: 'udp', host: '127.0.0.1', port: server.address().port }, SENDER);
  await anchor.deliver(LINE, never());
  expect((await received)[0].toString('utf8')).toBe(MESSAGE);
});

test('a connection for each head, the length in bytes before the message', async () => {
  const received: string[] = [];
  const server = createServer((socket) => {
    socket.setEncoding('utf8').on('data', (text: string) => received.push(text));
  });
  onTestFinished(() => void server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const anchor = syslogAnchor({ transport: 'tcp', host: '127.0.0.1', port }, SENDER);
  await anchor.deliver(LINE, never());
  await anchor.deliver(LINE, never());
  const frame = `${Buffer.byteLength(MESSAGE)} ${MESSAGE}`;
  expect(received.join('')).toBe(frame + frame);
});

test('a server that keeps the connection has taken the head; nobody there is an error', async () => {
  const received: string[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.setEncoding('utf8').on('data', (text: string) => received.push(text));
    socket.on('error', () => undefined).on('end', () => socket.pause());
    held.push(socket);
  });
  const held: Socket[] = [];
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const anchor = syslogAnchor({ transport: 'tcp', host: '127.0.0.1', port }, SENDER);
  await anchor.deliver(LINE, never());
  expect(received.join('')).toContain(LINE);
  await expect(anchor.deliver(LINE, AbortSignal.abort())).rejects.toThrow(/abort/);
  for (const socket of held) socket.destroy();
  server.close();
  await once(server, 'close');
  await expect(anchor.deliver(LINE, never())).rejects.toThrow(/ECONNREFUSED/);
  const nowhere = syslogAnchor({ transport: 'udp', host: 'no-such-host.invalid', port: 9 }, SENDER);
  await expect(nowhere.deliver(LINE, never())).rejects.toThrow(/no-such-host/);
});

test('a host name that the format has no room for is left out', () => {
  expect(syslogMessage('x', { ...SENDER, hostname: 'my host' })).toBe(
    '<110>1 2026-01-31T14:30:00.000Z - guard 42 checkpoint - x',
  );
});

test.each([
  ['udp://logs.example:514', { transport: 'udp', host: 'logs.example', port: 514 }],
  ['TCP://[::1]:601', { transport: 'tcp', host: '::1', port: 601 }],
  ['udp://logs.example', undefined],
  ['udp://logs.example:0', undefined],
  ['udp://logs.example:70000', undefined],
  ['udp://[1:2]:514', undefined],
  ['tls://logs.example:6514', undefined],
  ['udp://me@logs.example:514', undefined],
  ['logs.example:514', undefined],
])('the address %s', (text, address) => {
  expect(readSyslogAddress(text)).toEqual(address);
});
