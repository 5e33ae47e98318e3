import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import type { OwnedConnection } from '../../../src/gateway/upstreams/connection.js';
import { UpstreamUnavailable } from '../../../src/gateway/upstreams/failure.js';
import { connectionOpener } from '../../../src/gateway/upstreams/open-connection.js';
import { UpstreamSet } from '../../../src/gateway/upstreams/upstream-set.js';
import { verifies } from '../../requirements.js';
import { eventually, within } from '../../support/eventually.js';
import { useSandbox } from '../../support/use-sandbox.js';
import { dualEraServer, everythingServer } from '../../upstream/remote/real-servers.js';
import {
  eventStream,
  handshake,
  json,
  serve,
  type Received,
  type ScriptedServer,
} from '../../upstream/remote/scripted-server.js';
import { definitionOf, Listener, remote, rigOf, type Rig } from './rig.js';

verifies('gateway:upstream:remote', 'gateway:upstream:failure-class');

const sandboxOf = useSandbox();
const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

function kept<Item extends { close(): Promise<void> }>(item: Item): Item {
  open.push(item);
  return item;
}

async function scripted(
  respond: (request: Received, response: ServerResponse) => void,
): Promise<ScriptedServer> {
  return kept(await serve(respond));
}

async function connected(
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ connection: OwnedConnection; heard: Listener; rig: Rig }> {
  const rig = rigOf(sandboxOf());
  const request = {
    definition: definitionOf(remote(url, headers)),
    plan: 'probe' as const,
    signal: new AbortController().signal,
  };
  const connection = kept(await connectionOpener(rig)(request));
  const heard = new Listener();
  connection.listen(heard);
  return { connection, heard, rig };
}

async function troubleAt(
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<UpstreamUnavailable> {
  const failure: unknown = await connected(url, headers).catch((error: unknown) => error);
  if (failure instanceof UpstreamUnavailable) return failure;
  throw new Error(`expected UpstreamUnavailable, got ${String(failure)}`);
}

describe('real remote servers', () => {
  test.each(['streamableHttp', 'sse'] as const)(
    'server-everything over %s is a legacy server',
    async (mode) => {
      const server = kept(await everythingServer(mode));
      const { connection, heard } = await connected(server.url);
      expect(connection.facts).toMatchObject({ era: 'legacy', revision: '2025-11-25' });
      expect((await heard.ask(connection, 1, 'tools/list')).result?.['tools']).not.toHaveLength(0);
      const call = { name: 'echo', arguments: { message: 'hello' } };
      expect(JSON.stringify((await heard.ask(connection, 2, 'tools/call', call)).result)).toContain('hello');
    },
  );

  test.each(['stateless', 'reject'] as const)(
    'a server of the modern era, legacy clients: %s',
    async (legacy) => {
      const server = kept(await dualEraServer(legacy));
      const { connection } = await connected(server.url);
      expect(connection.facts).toMatchObject({ era: 'modern', revision: '2026-07-28' });
    },
  );

  test('is unready while it is down, and there again afterwards', async () => {
    let up = true;
    const server = await scripted((request, response) => {
      if (!up) response.destroy();
      else if (!handshake(request, response)) json(response, 200, answerTo(request, {}));
    });
    const rig = rigOf(sandboxOf());
    const set = new UpstreamSet({ ...rig, random: () => 0, onChange: () => undefined });
    kept({ close: () => set.closeAll() });
    set.reconcile([definitionOf(remote(server.url), { start: 'eager' })]);
    const upstream = set.get('files');
    await eventually('the start', () => upstream?.state === 'ready');
    const heard = new Listener();
    const connection = await upstream?.connect(heard);
    up = false;
    connection?.send([Buffer.from('{"jsonrpc":"2.0","id":1,"method":"tools/list"}\n')]);
    await eventually('the end', () => heard.ends.length > 0);
    expect(heard.messages()).toMatchObject([{ id: 1, error: { code: -31008 } }]);
    expect(upstream?.trouble?.failureClass).toBe('unreachable');
    expect(set.unready()).toEqual([upstream]);
    up = true;
    await eventually('the restart', () => upstream?.state === 'ready');
  });
});

describe('remote servers that cannot be used', () => {
  const rows: readonly (readonly [string, (response: ServerResponse) => void, string, RegExp])[] = [
    ['401', (response) => response.writeHead(401).end(), 'unauthorized', /HTTP 401/],
    ['403', (response) => response.writeHead(403).end(), 'unauthorized', /HTTP 403/],
    ['404', (response) => response.writeHead(404).end(), 'unreachable', /HTTP 404/],
    ['500', (response) => response.writeHead(500).end('<h1>Oops</h1>'), 'unreachable', /HTTP 500/],
    [
      'a page',
      (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<p>hi</p>'),
      'handshake',
      /text\/html/,
    ],
    [
      'garbage for JSON',
      (response) => json(response, 200, '{"jsonrpc": garbage'),
      'handshake',
      /without the answer/,
    ],
    [
      'an event stream that closes',
      (response) => (eventStream(response), response.end()),
      'handshake',
      /without the answer/,
    ],
    ['a closed connection', (response) => response.destroy(), 'unreachable', /closed the connection/],
  ];
  test.each(rows)('%s', async (_what, respond, failureClass, message) => {
    const server = await scripted((_request, response) => respond(response));
    const failure = await troubleAt(server.url);
    expect(failure.failureClass).toBe(failureClass);
    expect(failure.message).toMatch(message);
    expect(failure.message).toMatch(
      /^the server "files" could not be used: the remote server http:\/\/127\.0\.0\.1:\d+ /,
    );
  });

  test('one that answers JSON-RPC errors only', async () => {
    const server = await scripted(({ message }, response) =>
      json(response, 200, { jsonrpc: '2.0', id: message.id, error: { code: -32603, message: 'broken' } }),
    );
    const failure = await troubleAt(server.url);
    expect([failure.failureClass, failure.message]).toEqual([
      'handshake',
      'the server "files" answered initialize with an error (-32603): broken',
    ]);
  });

  test('nobody at the port', async () => {
    const server = await serve(() => undefined);
    await server.close();
    const failure = await troubleAt(server.url);
    expect([failure.failureClass, failure.message]).toEqual([
      'unreachable',
      expect.stringContaining('ECONNREFUSED'),
    ]);
  });

  test('its headers show in no text, even where the server repeats them', async () => {
    const server = await scripted(({ headers, message }, response) => {
      const text = `I do not like ${String(headers['authorization'])} and ${String(headers['x-key'])}`;
      json(response, 200, { jsonrpc: '2.0', id: message.id, error: { code: -1, message: text } });
    });
    const failure = await troubleAt(server.url, {
      Authorization: 'Bearer sesame-open',
      'X-Key': 'a${HOME}z',
    });
    expect(failure.message).toContain('I do not like [secret] and [secret]');
    expect(server.received[0]?.headers).toMatchObject({
      authorization: 'Bearer sesame-open',
      'x-key': 'a${HOME}z',
    });
  });
});

/** A server that shakes hands and then does this. */
function sessions(refuse: (request: Received, response: ServerResponse) => void): Promise<ScriptedServer> {
  return scripted((request, response) => {
    if (handshake(request, response)) return;
    refuse(request, response);
  });
}

describe('a session that is over', () => {
  test('404, as the specification has it, ends the connection', async () => {
    const server = await sessions((_request, response) => response.writeHead(404).end());
    const { connection, heard } = await connected(server.url);
    const answer = await heard.ask(connection, 1, 'tools/list');
    expect(answer.error?.code).toBe(-31008);
    expect(await within('the end', connection.ended)).toContain('ended the session (HTTP 404)');
  });

  test('400, as many servers have it, ends it when a ping fails in the same way', async () => {
    const server = await sessions((_request, response) =>
      json(response, 400, {
        jsonrpc: '2.0',
        id: null,
        error: { code: -32000, message: 'Bad Request: No valid session ID provided' },
      }),
    );
    const { connection, heard } = await connected(server.url);
    expect((await heard.ask(connection, 1, 'tools/list')).error?.code).toBe(-32000);
    expect(await within('the end', connection.ended)).toContain('HTTP 400');
  });

  test('is found out by its stream too, so that what the server says unasked is heard again', async () => {
    let session = 0;
    const streams: ServerResponse[] = [];
    const server = await scripted((request, response) => {
      const { method, headers, message } = request;
      const known = headers['mcp-session-id'] === `session-${session}`;
      if (method === 'GET' && known) {
        eventStream(response);
        streams.push(response);
      } else if (message.method === 'initialize') {
        session += 1;
        handshake(request, response, `session-${session}`);
      } else if (!known) response.writeHead(404).end();
      else if (!handshake(request, response)) json(response, 200, answerTo(request, {}));
    });
    const { connection } = await connected(server.url);
    await eventually('the stream', () => streams.length === 1);
    session = 7;
    streams[0]?.end();
    expect(await within('the end', connection.ended)).toContain('HTTP 404');
  });

  test('a 400 about one message leaves it as it is', async () => {
    const server = await sessions((request, response) => {
      if (request.message.method === 'ping') return json(response, 200, answerTo(request, {}));
      json(response, 400, { jsonrpc: '2.0', id: request.message.id, error: { code: -32602, message: 'no' } });
    });
    const { connection, heard } = await connected(server.url);
    expect((await heard.ask(connection, 1, 'tools/list')).error?.code).toBe(-32602);
    await eventually('the ping', () => server.received.some(({ message }) => message.method === 'ping'));
    expect((await heard.ask(connection, 2, 'tools/list')).error?.code).toBe(-32602);
  });

  test('one answer that cannot be read is that request’s error', async () => {
    const server = await sessions((request, response) => {
      if (request.message.id === 2) json(response, 200, '{"jsonrpc":"2.0","id":2');
      else json(response, 200, answerTo(request, { tools: [] }));
    });
    const { connection, heard } = await connected(server.url);
    expect((await heard.ask(connection, 2, 'tools/list')).error).toMatchObject({
      code: -32603,
      data: { failure_class: 'garbled' },
    });
    expect((await heard.ask(connection, 3, 'tools/list')).result).toEqual({ tools: [] });
  });
});

function answerTo({ message }: Received, result: object): object {
  return { jsonrpc: '2.0', id: message.id, result };
}
