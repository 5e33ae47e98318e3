import net from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { HttpConnection } from './http-connection.js';

const open: net.Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

/** A server that writes these pieces for each request, one after the other. */
async function pieces(...parts: readonly string[]): Promise<HttpConnection> {
  const server = net.createServer((socket) => {
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    socket.on('data', () => void writeInTurn(socket, parts));
  });
  open.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve());
  });
  return new HttpConnection((server.address() as net.AddressInfo).port);
}

async function writeInTurn(socket: net.Socket, parts: readonly string[]): Promise<void> {
  for (const part of parts) {
    if (part === 'END') socket.end();
    else socket.write(part);
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}

test('reads a body by its length, whatever the pieces, and keeps the connection', async () => {
  const connection = await pieces('HTTP/1.1 200 OK\r\nContent-', 'Length: 5\r\nX-A: b\r\n\r', '\nhe', 'llo');
  for (const turn of [1, 2]) {
    const { status, headers, body } = await connection.request('POST', '/', {}, `${turn}`);
    expect([status, headers.get('x-a'), body.toString()]).toEqual([200, 'b', 'hello']);
  }
  connection.close();
});

test('reads a body in chunks, cut anywhere', async () => {
  const whole =
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0a\r\n0123456789\r\n0\r\n\r\n';
  for (let cut = 1; cut < whole.length; cut += 3) {
    const connection = await pieces(whole.slice(0, cut), whole.slice(cut));
    const { body } = await connection.request('GET', '/', {});
    expect(body.toString()).toBe('abc0123456789');
    connection.close();
  }
});

test('an answer without a body is over with its head', async () => {
  const connection = await pieces('HTTP/1.1 202 Accepted\r\n\r\n');
  expect((await connection.request('POST', '/', {}, '{}')).status).toBe(202);
  connection.close();
});

test('a connection that is lost rejects what waits and what comes later', async () => {
  const connection = await pieces('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe', 'END');
  await expect(connection.request('GET', '/', {})).rejects.toThrow('closed');
  await expect(connection.request('GET', '/', {})).rejects.toThrow('closed');
});
