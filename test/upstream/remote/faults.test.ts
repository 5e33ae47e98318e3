import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { ERROR_CODES } from '../../../src/jsonrpc/error-codes.js';
import type { RemoteOptions } from '../../../src/upstream/remote/bridge.js';
import { drive, ENVELOPE, type Line, type RawDriver } from './raw-driver.js';
import {
  eventStream,
  handshake,
  json,
  serve,
  type Received,
  type ScriptedServer,
} from './scripted-server.js';
import { verifies } from '../../requirements.js';

verifies('remote:http:errors');

const SECRET = 'tok-123456789';

let server: ScriptedServer | undefined;
let driver: RawDriver | undefined;

afterEach(async () => {
  for (const line of driver?.lines ?? []) expect(line.text).not.toContain(SECRET);
  for (const note of driver?.notes ?? []) expect(note).not.toContain(SECRET);
  await driver?.upstream.close();
  await server?.close();
});

/** What the client gets for one call when the server treats it so. */
async function answerWhen(
  respond: (request: Received, response: ServerResponse) => void | Promise<void>,
  options: Partial<RemoteOptions> = {},
): Promise<Line> {
  server = await serve(async (request, response) => {
    if (!handshake(request, response)) await respond(request, response);
  });
  driver = drive(server.url, options);
  await driver.initialize();
  driver.send({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 't' } });
  const answer = await driver.answer(1);
  await sleep(50);
  expect(driver.lines.filter(({ id }) => id === 1)).toHaveLength(1);
  return answer;
}

describe('statuses', () => {
  test.each([
    [
      401,
      [],
      "asks for credentials (HTTP 401): pass credentials as a header, with --header or headers, such as 'Authorization: Bearer ${TOKEN}'",
    ],
    [401, ['Authorization: Bearer ${T}'], 'does not accept the credentials (HTTP 401)'],
    [403, [], 'pass credentials'],
    [403, ['authorization: Bearer ${T}'], 'does not allow this with these credentials (HTTP 403)'],
    [429, [], 'is busy (HTTP 429): try again in 7 s'],
    [502, [], 'failed (HTTP 502)'],
  ])('%i is told with what to do', async (status, headers, text) => {
    const answer = await answerWhen(
      (_, response) => void response.writeHead(status, { 'retry-after': '7' }).end(`<html>${SECRET}`),
      { headers, env: { T: SECRET } },
    );
    expect(answer.error).toMatchObject({
      code: ERROR_CODES.remoteFailed,
      message: expect.stringContaining(text),
      data: { failure_class: status === 401 || status === 403 ? 'unauthorized' : 'unreachable' },
    });
  });

  test('an error body that names the request is the answer, as its own bytes', async () => {
    const body =
      '{"id":1,"error":{"data":{"x":12345678901234567890},"message":"no","code":-32602},"jsonrpc":"2.0"}';
    const answer = await answerWhen((_, response) => json(response, 400, body));
    expect(answer.text).toBe(body);
  });

  test('an error body without an id is the answer to the message of its POST', async () => {
    const error = { code: -32000, message: 'Bad Request', data: { supported: ['2025-11-25'] } };
    const answer = await answerWhen((_, response) =>
      json(response, 400, { jsonrpc: '2.0', id: null, error }),
    );
    expect(answer).toMatchObject({ id: 1, error });
  });
});

describe('redirects', () => {
  test('one to another origin is not followed, and named', async () => {
    const other = await serve(() => undefined);
    const answer = await answerWhen(
      (_, response) => void response.writeHead(307, { location: `${other.url}?k=${SECRET}` }).end(),
      {
        headers: ['Authorization: Bearer ${T}'],
        env: { T: SECRET },
      },
    );
    expect(answer.error?.message).toContain(`redirects to ${other.origin} (HTTP 307), which is not followed`);
    expect(other.received).toEqual([]);
    await other.close();
  });

  test('one inside the origin that keeps the method is followed', async () => {
    const answer = await answerWhen((request, response) => {
      if (request.url === '/mcp') return void response.writeHead(307, { location: '/mcp/' }).end();
      json(response, 200, { jsonrpc: '2.0', id: 1, result: { path: request.url } });
    });
    expect(answer.result).toEqual({ path: '/mcp/' });
  });

  test('one that would make a POST a GET is not followed', async () => {
    const answer = await answerWhen(
      (_, response) => void response.writeHead(302, { location: '/login' }).end(),
    );
    expect(answer.error?.message).toContain('/login (HTTP 302), which is not followed');
  });

  test('a circle ends', async () => {
    const answer = await answerWhen(
      (_, response) => void response.writeHead(308, { location: '/mcp' }).end(),
    );
    expect(answer.error?.message).toContain('not followed');
  });
});

describe('broken answers', () => {
  test('a body that breaks off', async () => {
    const answer = await answerWhen(async (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '999' });
      response.write('{"jsonrpc":"2.0","id":1,');
      await sleep(20);
      response.destroy();
    });
    expect(answer.error).toMatchObject({
      code: ERROR_CODES.remoteFailed,
      message: expect.stringContaining('closed the connection'),
    });
  });

  test('an event stream that breaks off and cannot be taken up', async () => {
    const answer = await answerWhen(async (_, response) => {
      eventStream(response);
      response.write('data: {"jsonrpc":"2.0","method":"notifications/progress"}\n\ndata: {"jsonrpc"');
      await sleep(20);
      response.destroy();
    });
    expect(answer.error?.message).toContain('closed the connection');
  });

  test('an event stream that ends without the answer', async () => {
    const answer = await answerWhen((_, response) => {
      eventStream(response);
      response.end(': nothing\n\n');
    });
    expect(answer.error?.message).toContain('without the answer');
  });

  test('an event stream that is refused when it is to be taken up', async () => {
    const answer = await answerWhen((_, response) => {
      eventStream(response);
      response.end('id: 5\ndata:\n\n');
    });
    expect(answer.error?.message).toContain('did not take it up again (HTTP 405)');
  });

  test.each([
    [
      '200 without a body',
      (response: ServerResponse) => void response.writeHead(200).end(),
      'with no content',
    ],
    [
      '202 in place of an answer',
      (response: ServerResponse) => void response.writeHead(202).end(),
      'HTTP 202',
    ],
    [
      'a web page',
      (response: ServerResponse) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<p>'),
      'text/html',
    ],
    [
      'an answer to something else',
      (response: ServerResponse) => json(response, 200, { jsonrpc: '2.0', id: 99, result: {} }),
      'without the answer',
    ],
    [
      'a line break inside a string',
      (response: ServerResponse) => json(response, 200, '{"jsonrpc":"2.0","id":1,"result":{"a":"\n"}}'),
      'not JSON',
    ],
    [
      'an answer that is compressed',
      (response: ServerResponse) => json(response, 200, 'xx', { 'content-encoding': 'gzip' }),
      'compressed',
    ],
  ])('%s', async (_, respond, text) => {
    const answer = await answerWhen((_request, response) => respond(response));
    expect(answer.error).toMatchObject({
      code: ERROR_CODES.garbledAnswer,
      message: expect.stringContaining(text),
      data: { failure_class: 'garbled' },
    });
  });

  test('an event that is not UTF-8', async () => {
    const answer = await answerWhen((_, response) => {
      eventStream(response);
      response.end(
        Buffer.concat([
          Buffer.from('data: {"jsonrpc":"2.0","id":1,"result":{"a":"'),
          Buffer.of(0xff),
          Buffer.from('"}}\n\n'),
        ]),
      );
    });
    expect(answer.error).toMatchObject({
      code: ERROR_CODES.garbledAnswer,
      message: expect.stringContaining('not UTF-8'),
    });
  });
});

describe('bounds', () => {
  const BYTES_MAX = 256 * 1024;

  test('a huge body is dropped where the bound is', async () => {
    let sent = 0;
    const answer = await answerWhen(
      async (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        while (!response.destroyed && sent < 64 * BYTES_MAX) {
          sent += 65_536;
          if (!response.write(Buffer.alloc(65_536, 0x20)))
            await new Promise((resolve) => setTimeout(resolve, 1));
        }
      },
      { frameBytesMax: BYTES_MAX },
    );
    expect(answer.error?.code).toBe(ERROR_CODES.answerTooLarge);
    expect(sent).toBeLessThan(64 * BYTES_MAX);
  });

  test('an event without end is dropped where the bound is', async () => {
    const answer = await answerWhen(
      async (_, response) => {
        eventStream(response);
        response.write('data: ');
        while (!response.destroyed) {
          response.write('x'.repeat(65_536));
          await sleep(1);
        }
      },
      { frameBytesMax: BYTES_MAX },
    );
    expect(answer.error?.code).toBe(ERROR_CODES.answerTooLarge);
  });

  test('headers that do not come', async () => {
    const answer = await answerWhen(() => undefined, { headersMs: 300 });
    expect(answer.error?.message).toContain('sent no answer within 0 s');
  });

  test('an error page without end holds nothing up', async () => {
    const answer = await answerWhen(
      (_, response) => {
        response.writeHead(500);
        response.write('x');
      },
      { headersMs: 300 },
    );
    expect(answer.error?.message).toContain('HTTP 500');
  });
});

describe('the end', () => {
  test('a stream without end and a silent request do not keep it open', async () => {
    server = await serve((request, response) => {
      if (request.method === 'GET') return eventStream(response);
      if (request.method === 'DELETE') return;
      if (!handshake(request, response) && request.message.id === 1) eventStream(response);
    });
    driver = drive(server.url);
    await driver.initialize();
    driver.send(
      { jsonrpc: '2.0', id: 1, method: 'tools/call' },
      { jsonrpc: '2.0', id: 2, method: 'tools/call' },
    );
    await expect.poll(() => server?.received.length).toBe(5);
    const startedMs = performance.now();
    await driver.upstream.close();
    expect(performance.now() - startedMs).toBeLessThan(2000);
    await driver.upstream.close();
    expect(driver.lines).toHaveLength(1);
  });

  test('nothing under way: it is immediate', async () => {
    server = await serve((request, response) => void handshake(request, response));
    driver = drive(server.url);
    await driver.initialize();
    await expect.poll(() => server?.received.length).toBe(3);
    const startedMs = performance.now();
    await driver.upstream.close();
    expect(performance.now() - startedMs).toBeLessThan(300);
  });

  test('kill ends at once', async () => {
    server = await serve(() => undefined);
    driver = drive(server.url);
    driver.send({ jsonrpc: '2.0', id: 1, method: 'initialize' });
    driver.upstream.kill();
    await expect(driver.upstream.ended).resolves.toMatchObject({ exitCode: 0 });
  });
});

describe('no connection', () => {
  test('a refused one is an answer, and the next message tries again', async () => {
    const gone = await serve(() => undefined);
    await gone.close();
    driver = drive(gone.url);
    const answer = await driver.request({ id: 1, method: 'initialize' });
    expect(answer.error).toMatchObject({
      code: ERROR_CODES.remoteFailed,
      message: expect.stringContaining('ECONNREFUSED'),
    });
    expect((await driver.request({ id: 2, method: 'initialize' })).error?.message).toContain('ECONNREFUSED');
    driver.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
    await expect.poll(() => driver?.notes.join('')).toContain('notifications/initialized was not delivered');
  });

  test('plain http beyond this machine is noted once', () => {
    driver = drive('http://192.0.2.1/mcp?key=k');
    expect(driver.notes).toEqual([
      expect.stringMatching(/^guard: http:\/\/192\.0\.2\.1 is reached without encryption/),
    ]);
  });
});

test('a modern request that is taken back closes its stream and sends nothing', async () => {
  server = await serve((_, response) => eventStream(response));
  driver = drive(server.url);
  driver.send({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'slow', _meta: ENVELOPE } });
  await expect.poll(() => server?.received.length).toBe(1);
  driver.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } });
  await server.received[0]?.gone;
  await sleep(50);
  expect(server.received).toHaveLength(1);
  expect(driver.lines).toEqual([]);
});
