import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { REMOTE_POSTS_MAX } from '../../../src/platform/bounds.js';
import { drive, ENVELOPE, type RawDriver } from './raw-driver.js';
import { eventStream, handshake, json, serve, type ScriptedServer } from './scripted-server.js';
import { verifies } from '../../requirements.js';

verifies('remote:http:bytes');

let server: ScriptedServer;
let driver: RawDriver;

afterEach(async () => {
  await driver.upstream.close();
  await server.close();
});

const call = (id: string | number, name = 'tool'): object => ({
  jsonrpc: '2.0',
  id,
  method: 'tools/call',
  params: { name, arguments: {} },
});

describe('bytes', () => {
  const ODD =
    '{"params":{"name":"t","arguments":{"n":12345678901234567890,"f":1.0,"e":1e5,"z":"\\u00e9é\u2028"},"unknown":[ 1 , 2 ]},"method":"tools/call","id":7,"jsonrpc":"2.0"}';
  const ANSWER =
    '{"result":{"n":12345678901234567890,"f":1.0,"content":[],"x-unknown":{"b":1,"a":2},"t":"\u2028\\u0000ü"},"id":7,"jsonrpc":"2.0"}';

  test('a request leaves and a JSON answer arrives as they are', async () => {
    server = await serve((request, response) => {
      if (!handshake(request, response)) json(response, 200, ANSWER);
    });
    driver = drive(server.url);
    await driver.initialize();
    driver.send(ODD);
    expect((await driver.answer(7)).text).toBe(ANSWER);
    expect(server.received.at(-1)?.body).toBe(ODD);
  });

  test('an event arrives as it is, however its bytes were cut', async () => {
    server = await serve(async (request, response) => {
      if (handshake(request, response)) return;
      eventStream(response);
      for (const byte of Buffer.from(`: hello\r\nevent: message\r\ndata:${ANSWER}\r\n\r\n`)) {
        response.write(Buffer.of(byte));
        if (byte === 0x3a || byte > 0x7f) await sleep(1);
      }
      response.end();
    });
    driver = drive(server.url);
    await driver.initialize();
    driver.send(ODD);
    expect((await driver.answer(7)).text).toBe(ANSWER);
  });

  test('a message on several lines becomes one line with the same tokens', async () => {
    const pretty = '{\n  "jsonrpc": "2.0",\r\n  "id": 1,\n  "result": {"n": 1.0}\n}\n';
    const line = '{   "jsonrpc": "2.0",    "id": 1,   "result": {"n": 1.0} }';
    server = await serve((request, response) => {
      if (handshake(request, response)) return;
      if (request.message.id === 1) return json(response, 200, pretty);
      eventStream(response);
      response.end(
        `${pretty
          .trim()
          .replace('1,', '2,')
          .split('\n')
          .map((part) => `data: ${part.trim()}`)
          .join('\n')}\n\n`,
      );
    });
    driver = drive(server.url);
    await driver.initialize();
    driver.send(call(1));
    expect((await driver.answer(1)).text).toBe(line);
    driver.send(call(2));
    expect((await driver.answer(2)).text).toBe('{ "jsonrpc": "2.0", "id": 2, "result": {"n": 1.0} }');
  });
});

test('a batch in an answer becomes a line per message', async () => {
  server = await serve((request, response) => {
    if (handshake(request, response)) return;
    json(
      response,
      200,
      '[{"jsonrpc":"2.0","method":"notifications/n","params":{"a":1.0}},\n{"jsonrpc":"2.0","id":1,"result":{}}]',
    );
  });
  driver = drive(server.url);
  await driver.initialize();
  driver.send(call(1));
  await driver.answer(1);
  expect(driver.lines.slice(1).map(({ text }) => text)).toEqual([
    '{"jsonrpc":"2.0","method":"notifications/n","params":{"a":1.0}}',
    '{"jsonrpc":"2.0","id":1,"result":{}}',
  ]);
});

test('a modern tool list teaches headers, and loses the tools whose rules for them are broken', async () => {
  const good =
    '{"name":"q","n":1.0,"inputSchema":{"type":"object","properties":{"r":{"type":"string","x-mcp-header":"Region"}}}}';
  const bad = '{"name":"bad","inputSchema":{"properties":{"r":{"type":"number","x-mcp-header":"N"}}}}';
  server = await serve((request, response) => {
    const { id, method } = request.message;
    if (method !== 'tools/list') return json(response, 200, { jsonrpc: '2.0', id, result: {} });
    json(response, 200, `{"jsonrpc":"2.0","id":"list","result":{"tools":[${bad}, ${good}],"ttlMs":0}}`);
  });
  driver = drive(server.url);
  const list = await driver.request({ id: 'list', method: 'tools/list', params: { _meta: ENVELOPE } });
  expect(list.text).toBe(`{"jsonrpc":"2.0","id":"list","result":{"tools":[${good}],"ttlMs":0}}`);
  expect(driver.notes).toEqual([expect.stringContaining('the tool "bad" is left out')]);
  await driver.request({
    id: 1,
    method: 'tools/call',
    params: { name: 'q', arguments: { r: 'eu' }, _meta: ENVELOPE },
  });
  expect(server.received.at(-1)?.headers['mcp-param-region']).toBe('eu');
});

describe('session', () => {
  test('its id and revision go with everything after the handshake, and it is deleted at the end', async () => {
    server = await serve((request, response) => {
      if (request.method === 'DELETE') return void response.writeHead(200).end();
      if (!handshake(request, response))
        json(response, 200, { jsonrpc: '2.0', id: request.message.id, result: {} });
    });
    driver = drive(server.url, { headers: ['Authorization: Bearer ${TOKEN}'], env: { TOKEN: 's3cret' } });
    await driver.initialize();
    driver.send(call(1));
    await driver.answer(1);
    await driver.upstream.close();
    expect(
      server.received.map(({ method, headers }) => [
        method,
        headers['mcp-session-id'],
        headers['mcp-protocol-version'],
      ]),
    ).toEqual([
      ['POST', undefined, undefined],
      ['POST', 'session-1', '2025-11-25'],
      ['GET', 'session-1', '2025-11-25'],
      ['POST', 'session-1', '2025-11-25'],
      ['DELETE', 'session-1', '2025-11-25'],
    ]);
    expect(new Set(server.received.map(({ headers }) => headers.authorization))).toEqual(
      new Set(['Bearer s3cret']),
    );
    await expect(driver.upstream.ended).resolves.toEqual({ exitCode: 0, description: 'was closed' });
  });

  test('lines sent in one go wait for the handshake and keep their order', async () => {
    server = await serve(async (request, response) => {
      if (request.message.method === 'initialize') await sleep(50);
      if (!handshake(request, response))
        json(response, 200, { jsonrpc: '2.0', id: request.message.id, result: {} });
    });
    driver = drive(server.url);
    driver.send(
      { jsonrpc: '2.0', id: 0, method: 'initialize', params: { protocolVersion: '2025-11-25' } },
      { jsonrpc: '2.0', method: 'notifications/initialized' },
      call(1),
      call(2),
    );
    driver.upstream.input.end();
    await driver.answer(2);
    const posts = server.received.filter(({ method }) => method === 'POST');
    expect(posts.map(({ message }) => message.id ?? message.method)).toEqual([
      0,
      'notifications/initialized',
      1,
      2,
    ]);
    expect(posts.at(-1)?.headers['mcp-session-id']).toBe('session-1');
  });

  test('one that the server no longer knows ends the upstream', async () => {
    server = await serve((request, response) => {
      if (handshake(request, response)) return;
      if (request.message.id === 'slow') return;
      json(response, 404, {
        jsonrpc: '2.0',
        id: null,
        error: { code: -32001, message: 'Session not found' },
      });
    });
    driver = drive(server.url);
    await driver.initialize();
    driver.send(call('slow'), call(1));
    expect((await driver.answer(1)).error?.message).toBe('Session not found');
    expect((await driver.answer('slow')).error?.message).toContain('ended the session (HTTP 404)');
    await expect(driver.upstream.ended).resolves.toMatchObject({
      exitCode: 1,
      description: expect.stringContaining('ended the session'),
    });
  });
});

describe('streams', () => {
  test('the server speaks unasked on the stream that GET opens, which is taken up behind its last event', async () => {
    let streams = 0;
    server = await serve((request, response) => {
      if (request.method !== 'GET') return void handshake(request, response);
      streams += 1;
      eventStream(response);
      response.write(
        `retry: 100\nid: e${streams}\ndata: {"jsonrpc":"2.0","method":"notifications/n${streams}"}\n\n`,
      );
      if (streams === 1) response.end();
    });
    driver = drive(server.url);
    await driver.initialize();
    await driver.until(({ method }) => method === 'notifications/n2');
    const gets = server.received.filter(({ method }) => method === 'GET');
    expect(gets.map(({ headers }) => headers['last-event-id'])).toEqual([undefined, 'e1']);
  });

  test('it is asked for before the first request, though its headers come only with the first event', async () => {
    let stream: ServerResponse | undefined;
    server = await serve((request, response) => {
      if (request.method === 'GET') stream = response;
      else if (request.message.method === 'tools/call') {
        // A server drops what it asks on a stream that is not there.
        stream?.writeHead(200, { 'content-type': 'text/event-stream' });
        stream?.write('data: {"jsonrpc":"2.0","id":9,"method":"roots/list"}\n\n');
        json(response, 200, { jsonrpc: '2.0', id: request.message.id, result: {} });
      } else handshake(request, response);
    });
    driver = drive(server.url);
    driver.send(
      { jsonrpc: '2.0', id: 0, method: 'initialize', params: { protocolVersion: '2025-11-25' } },
      { jsonrpc: '2.0', method: 'notifications/initialized' },
      call(1),
    );
    expect(await driver.until(({ method }) => method === 'roots/list')).toMatchObject({ id: 9 });
  });

  test('a server may be silent on it for longer than an answer may take', async () => {
    let stream: ServerResponse | undefined;
    server = await serve((request, response) => {
      if (request.method === 'GET') stream = response;
      else if (!handshake(request, response))
        json(response, 200, { jsonrpc: '2.0', id: request.message.id, result: {} });
    });
    driver = drive(server.url, { headersMs: 100 });
    await driver.initialize();
    await driver.request({ ...call(1), id: 1 });
    await sleep(300);
    eventStream(stream as ServerResponse);
    stream?.write('data: {"jsonrpc":"2.0","method":"notifications/n1"}\n\n');
    await driver.until(({ method }) => method === 'notifications/n1');
    expect(server.received.filter(({ method }) => method === 'GET')).toHaveLength(1);
    expect(driver.notes).toEqual([]);
  });

  test('an answer that broke off behind an event with an id is fetched', async () => {
    server = await serve(async (request, response) => {
      if (request.method === 'GET' && request.headers['last-event-id'] === 'ev-1') {
        eventStream(response);
        return void response.end('id: ev-2\ndata: {"jsonrpc":"2.0","id":1,"result":{"late":true}}\n\n');
      }
      if (handshake(request, response)) return;
      eventStream(response);
      response.write('id: ev-1\ndata: {"jsonrpc":"2.0","method":"notifications/progress"}\n\n');
      await sleep(20);
      response.destroy();
    });
    driver = drive(server.url);
    await driver.initialize();
    driver.send(call(1));
    expect((await driver.answer(1)).result).toEqual({ late: true });
  });

  test('requests of the server reach the client, and its answers the server', async () => {
    server = await serve((request, response) => {
      if (handshake(request, response)) return;
      if (request.body.includes('"id":"srv-1"')) {
        response.writeHead(202).end();
        stream?.end('data: {"jsonrpc":"2.0","id":1,"result":{}}\n\n');
        return;
      }
      eventStream(response);
      stream = response;
      response.write('data: {"jsonrpc":"2.0","id":"srv-1","method":"elicitation/create","params":{}}\n\n');
    });
    let stream: { end(text: string): unknown } | undefined;
    driver = drive(server.url);
    await driver.initialize();
    driver.send(call(1));
    await driver.until(({ method }) => method === 'elicitation/create');
    driver.send({ jsonrpc: '2.0', id: 'srv-1', result: { action: 'accept' } });
    expect((await driver.answer(1)).result).toEqual({});
    expect(server.received.at(-1)?.headers['mcp-session-id']).toBe('session-1');
  });

  test('an open stream behind the answer holds nothing up, and is dropped', async () => {
    server = await serve((request, response) => {
      if (request.message.method !== 'initialize') return void handshake(request, response);
      eventStream(response);
      response.write('data: {"jsonrpc":"2.0","id":"init","result":{"protocolVersion":"2025-11-25"}}\n\n');
    });
    driver = drive(server.url);
    const startedMs = performance.now();
    await driver.initialize();
    await expect.poll(() => server.received.at(-1)?.method).toBe('GET');
    expect(performance.now() - startedMs).toBeLessThan(900);
    await server.received[0]?.gone;
  });

  test('a stream that was given up is asked for again when the server answers again', async () => {
    let well = true;
    server = await serve((request, response) => {
      if (request.method === 'GET') {
        if (!well) return void response.writeHead(503).end();
        eventStream(response);
        return void response.end(
          'retry: 100\ndata: {"jsonrpc":"2.0","method":"notifications/there"}\n\n',
          () => {
            well = false;
          },
        );
      }
      if (!handshake(request, response))
        json(response, 200, { jsonrpc: '2.0', id: request.message.id, result: {} });
    });
    driver = drive(server.url);
    await driver.initialize();
    await expect
      .poll(() => driver.notes.join(''), { timeout: 5000 })
      .toContain('do not arrive for now: the stream is refused (HTTP 503)');
    well = true;
    driver.send(call(1));
    await driver.answer(1);
    await expect
      .poll(() => driver.lines.filter(({ method }) => method === 'notifications/there').length)
      .toBe(2);
  });

  test('a slow call holds up no other, and answers come as they are ready', async () => {
    server = await serve(async (request, response) => {
      if (handshake(request, response)) return;
      if (request.message.id === 1) await sleep(200);
      json(response, 200, { jsonrpc: '2.0', id: request.message.id, result: {} });
    });
    driver = drive(server.url);
    await driver.initialize();
    driver.send(call(1), call(2), call(3));
    await driver.answer(1);
    expect(driver.lines.map(({ id }) => id).indexOf(1)).toBe(3);
  });

  test('a cancelled legacy call is told to the server, and gets no error', async () => {
    server = await serve((request, response) => {
      if (handshake(request, response)) return;
      if (request.message.method === 'notifications/cancelled') return void response.writeHead(202).end();
      eventStream(response);
    });
    driver = drive(server.url);
    await driver.initialize();
    driver.send(call(1), { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } });
    await expect.poll(() => server.received.at(-1)?.message.method).toBe('notifications/cancelled');
    const stream = server.received.find(({ message }) => message.id === 1);
    await stream?.gone;
    expect(driver.lines.some(({ id }) => id === 1)).toBe(false);
  });
});

test('more requests than the bound wait for their turn, and answers to the server do not', async () => {
  const held: ServerResponse[] = [];
  server = await serve((request, response) => {
    if (handshake(request, response)) return;
    if (request.message.method === undefined) return void response.writeHead(202).end();
    held.push(response);
  });
  driver = drive(server.url);
  await driver.initialize();
  for (let id = 0; id < REMOTE_POSTS_MAX; id++) driver.send(call(id));
  await expect.poll(() => held.length).toBe(REMOTE_POSTS_MAX);
  driver.send({ jsonrpc: '2.0', id: 'srv', result: {} }, call('last'));
  await expect.poll(() => server.received.at(-1)?.body).toContain('srv');
  await sleep(100);
  expect(held.length).toBe(REMOTE_POSTS_MAX);
  json(held[0] as ServerResponse, 200, { jsonrpc: '2.0', id: 0, result: {} });
  await expect.poll(() => held.length).toBe(REMOTE_POSTS_MAX + 1);
});

test('what nobody reads stops the reading of the response', async () => {
  let sent = 0;
  let finished = false;
  const event = `data: {"jsonrpc":"2.0","method":"notifications/message","params":{"data":"${'x'.repeat(64 * 1024)}"}}\n\n`;
  server = await serve(async (request, response) => {
    if (handshake(request, response)) return;
    eventStream(response);
    for (; sent < 2000; sent++) {
      if (!response.write(event)) await new Promise((resolve) => response.once('drain', resolve));
    }
    response.end('data: {"jsonrpc":"2.0","id":1,"result":{}}\n\n');
    finished = true;
  });
  driver = drive(server.url);
  await driver.initialize();
  driver.upstream.output.pause();
  driver.send(call(1));
  await sleep(700);
  // 125 MB are there to be sent; what is under way is the feed's 1 MiB and the sockets' buffers.
  expect(sent).toBeLessThan(400);
  expect(finished).toBe(false);
  driver.upstream.output.resume();
  await driver.answer(1);
  expect(driver.lines.length).toBe(2002);
});
