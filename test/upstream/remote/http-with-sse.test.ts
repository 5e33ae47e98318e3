import type { ServerResponse } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { drive, type RawDriver } from './raw-driver.js';
import { eventStream, json, serve, type Received, type ScriptedServer } from './scripted-server.js';
import { verifies } from '../../requirements.js';

verifies('remote:sse:old');

let server: ScriptedServer;
let driver: RawDriver;

afterEach(async () => {
  await driver.upstream.close();
  await server.close();
});

/** A server of the older transport that names this endpoint. */
async function olderServer(
  endpoint: string,
  respond: (request: Received, response: ServerResponse, stream: ServerResponse) => void = () => undefined,
): Promise<void> {
  let stream: ServerResponse | undefined;
  server = await serve((request, response) => {
    if (request.url === '/mcp' && request.method === 'POST')
      return void response.writeHead(404).end('<html>');
    if (request.method === 'GET') {
      eventStream(response);
      stream = response;
      return void response.write(`event: endpoint\ndata: ${endpoint}\n\n`);
    }
    if (stream !== undefined) respond(request, response, stream);
  });
  driver = drive(server.url, { headers: ['X-Key: k'] });
}

test('the first frame is sent again to the endpoint, and its bytes and the answer’s stay', async () => {
  const ask = '{"id":1,"method":"initialize","jsonrpc":"2.0","params":{"x":1.0}}';
  const answer =
    '{"id":1,"jsonrpc":"2.0","result":{"protocolVersion":"2024-11-05","n":12345678901234567890}}';
  await olderServer('/message?sessionId=a', (_, response, stream) => {
    response.writeHead(202).end('Accepted');
    stream.write(`event: message\ndata: ${answer}\n\n`);
  });
  driver.send(ask);
  expect((await driver.answer(1)).text).toBe(answer);
  expect(server.received.map(({ method, url, body }) => [method, url, body])).toEqual([
    ['POST', '/mcp', ask],
    ['GET', '/mcp', ''],
    ['POST', '/message?sessionId=a', ask],
  ]);
  expect(server.received.every(({ headers }) => headers['x-key'] === 'k')).toBe(true);
});

test('messages that are refused at the same time open one stream', async () => {
  await olderServer('/message', (request, response, stream) => {
    response.writeHead(202).end();
    stream.write(`data: {"jsonrpc":"2.0","id":${String(request.message.id)},"result":{}}\n\n`);
  });
  driver.send(...[1, 2, 3].map((id) => ({ jsonrpc: '2.0', id, method: 'server/discover' })));
  for (const id of [1, 2, 3]) expect((await driver.answer(id)).result).toEqual({});
  expect(server.received.filter(({ method }) => method === 'GET')).toHaveLength(1);
});

test('an endpoint on another origin gets nothing', async () => {
  const other = await serve(() => undefined);
  await olderServer(other.url);
  const answer = await driver.request({ id: 1, method: 'initialize' });
  expect(answer.error?.message).toContain(`the other origin ${other.origin}, which is not done`);
  expect(other.received).toEqual([]);
  await other.close();
});

test('a refused message is answered, the stream goes on', async () => {
  await olderServer('/message', (request, response, stream) => {
    if (request.message.id === 2) return void response.writeHead(500).end();
    response.writeHead(202).end();
    stream.write(`data: {"jsonrpc":"2.0","id":${String(request.message.id)},"result":{}}\n\n`);
  });
  await driver.request({ id: 1, method: 'initialize' });
  expect((await driver.request({ id: 2, method: 'ping' })).error?.message).toContain('HTTP 500');
  expect((await driver.request({ id: 3, method: 'ping' })).result).toEqual({});
});

test('the end of the stream is the end of the server, and what is open is answered', async () => {
  await olderServer('/message', (request, response, stream) => {
    response.writeHead(202).end();
    if (request.message.id === 2) stream.end();
    else stream.write('data: {"jsonrpc":"2.0","id":1,"result":{}}\n\n');
  });
  await driver.request({ id: 1, method: 'initialize' });
  expect((await driver.request({ id: 2, method: 'ping' })).error?.message).toContain(
    'closed its event stream',
  );
  await expect(driver.upstream.ended).resolves.toEqual({
    exitCode: 1,
    description: 'closed its event stream',
  });
});

test.each([
  ['GET is refused', (response: ServerResponse) => void response.writeHead(405).end()],
  ['GET is no stream', (response: ServerResponse) => json(response, 200, '{}')],
  [
    'the stream begins with something else',
    (response: ServerResponse) => {
      eventStream(response);
      response.write('data: {}\n\n');
    },
  ],
])('no sign of the older transport (%s): the first refusal is the answer', async (_, respond) => {
  server = await serve((request, response) => {
    if (request.method === 'GET') return respond(response);
    response.writeHead(404).end();
  });
  driver = drive(server.url);
  const answer = await driver.request({ id: 1, method: 'initialize' });
  expect(answer.error?.message).toContain('has nothing at this address (HTTP 404)');
});
