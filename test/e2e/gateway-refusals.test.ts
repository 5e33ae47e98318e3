import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { serverFile } from '../support/built-guard.js';
import { eventually } from '../support/eventually.js';
import { McpClient } from '../support/mcp-client.js';
import { useGateway } from './gateway-peers.js';
import { verifies } from '../requirements.js';

verifies('gateway:refusals', 'gateway:request-id');

const { serve, connect } = useGateway();
const ECHO = { name: 'echo', command: process.execPath, args: [serverFile('echo')] };
const LIST = '{"jsonrpc":"2.0","id":7,"method":"tools/list"}';
const JSON_HEADERS = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
const ENVELOPE = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'peer', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

/** A modern call whose body claims this revision and whose header names this tool. */
function modern(revision: string, tool: string): { headers: Record<string, string>; body: string } {
  const _meta = { ...ENVELOPE, 'io.modelcontextprotocol/protocolVersion': revision };
  const params = { name: 'echo__echo', arguments: {}, _meta };
  return {
    headers: { 'mcp-protocol-version': revision, 'mcp-method': 'tools/call', 'mcp-name': tool },
    body: JSON.stringify({ jsonrpc: '2.0', id: 7, method: 'tools/call', params }),
  };
}

interface BadInput {
  readonly what: string;
  readonly status: number;
  readonly code: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

const BAD: readonly BadInput[] = [
  { what: 'malformed JSON', status: 400, code: -32700, body: '{"jsonrpc":' },
  {
    what: 'an ambiguous message',
    status: 400,
    code: -32600,
    body: '{"jsonrpc":"2.0","id":7,"id":8,"method":"ping"}',
  },
  { what: 'a batch', status: 400, code: -32600, body: `[${LIST}]` },
  { what: 'another content type', status: 415, code: -32600, headers: { 'content-type': 'text/plain' } },
  { what: 'a body above the bound', status: 413, code: -31007, body: `{"a":"${'x'.repeat(40_000)}"}` },
  { what: 'no session', status: 400, code: -32600 },
  { what: 'an unknown session', status: 404, code: -32001, headers: { 'mcp-session-id': 'a-guess' } },
  { what: 'an unsupported version', status: 400, code: -32022, ...modern('2030-01-01', 'echo__echo') },
  {
    what: 'a header that says something else',
    status: 400,
    code: -32020,
    ...modern('2026-07-28', 'echo__delete'),
  },
];

test('bad input: the documented answer, a record, and the service stays up', async () => {
  const { sandbox, gateway } = await serve([ECHO], { relay: { max_client_frame: '16KiB' } });
  const client = new McpClient(`${gateway.base}/mcp`, 'legacy');
  onTestFinished(() => client.close());
  await client.open();
  const seen: unknown[] = [];
  for (const [index, { what, headers = {}, body = LIST }] of BAD.entries()) {
    const id = `bad-${index}`;
    const answer = await fetch(`${gateway.base}/mcp`, {
      method: 'POST',
      headers: { ...JSON_HEADERS, 'x-request-id': id, ...headers },
      body,
    });
    const { error } = (await answer.json()) as { error?: { code: number } };
    seen.push({ what, status: answer.status, code: error?.code });
    expect(answer.headers.get('x-request-id')).toBe(id);
    expect((await client.call(`after ${index}`, 'echo__echo', {})).answer).toHaveProperty('result');
  }
  expect(seen).toEqual(BAD.map(({ what, status, code }) => ({ what, status, code })));
  const recorded = (): string[] =>
    sandbox.records().flatMap((record) => (record.type === 'refusal' ? [record.http_request_id ?? ''] : []));
  await eventually('their records', () => recorded().length >= BAD.length);
  expect(recorded().toSorted()).toEqual(BAD.map((_, index) => `bad-${index}`));
  for (const index of BAD.keys())
    expect(gateway.process.stderr).toMatch(new RegExp(`warn refused .*bad-${index}\\b`));
});

test('the id of the HTTP request stands in the answer, in the records and in the log', async () => {
  const { sandbox, gateway } = await serve([ECHO], { log: { level: 'debug' } });
  const { headers, body } = modern('2026-07-28', 'echo__echo');
  const asked = { ...JSON_HEADERS, ...headers };
  const own = await fetch(`${gateway.base}/mcp`, {
    method: 'POST',
    headers: { ...asked, 'x-request-id': 'my-own-id' },
    body,
  });
  expect([own.status, own.headers.get('x-request-id')]).toEqual([200, 'my-own-id']);
  await own.text();
  const made = await fetch(`${gateway.base}/mcp`, { method: 'POST', headers: asked, body });
  await made.text();
  const given = made.headers.get('x-request-id') ?? '';
  expect(given).toMatch(/^[\x21-\x7e]{8,}$/);
  for (const id of ['my-own-id', given]) {
    const kinds = (): string[] =>
      sandbox.records().flatMap((record) => {
        const isCall = record.type === 'decision' || record.type === 'outcome';
        return isCall && record.tool === 'echo' && record.http_request_id === id ? [record.type] : [];
      });
    await eventually('its outcome', () => kinds().length > 1);
    expect(kinds()).toEqual(['decision', 'outcome']);
    await gateway.process.told(`request_id=${id}`);
  }
});

test('two servers with one name for a tool: the first keeps it, the other one is told of and left out', async () => {
  const bare = { command: process.execPath, namespaced: false };
  const { sandbox, gateway } = await serve([
    { ...bare, name: 'first', args: [serverFile('echo')] },
    { ...bare, name: 'second', args: [serverFile('fast-echo')] },
  ]);
  const client = await connect({ kind: 'v2 auto', url: `${gateway.base}/mcp` });
  expect(await client.listTools()).toEqual(['echo', 'write', 'delete', 'big', 'hang']);
  expect(await client.call('echo', { text: 'x' })).toEqual({ isError: false, text: 'did echo' });
  await gateway.process.told('the name "echo" of "second" is left out: "first" has it already');
  const collisions = (): unknown[] =>
    sandbox
      .records()
      .flatMap((one) => (one.type === 'event' && one.event === 'name-collision' ? [one.detail] : []));
  await eventually('its record', () => collisions().length > 0);
  expect(collisions()).toEqual([{ what: 'the name "echo"', kept: 'first', left_out: 'second' }]);
  const own = await connect({ kind: 'v1', url: `${gateway.base}/mcp/second` });
  expect(await own.call('echo', { text: 'x' })).toEqual({ isError: false, text: 'x' });
  const upstreams = sandbox
    .records()
    .flatMap((record) => (record.type === 'decision' && record.tool === 'echo' ? [record.upstream] : []));
  expect(upstreams).toEqual(['first', 'second']);
});

/** A remote server that answers everything with a page. */
async function pageServer(): Promise<string> {
  const server = http.createServer((_request, response) => {
    response.setHeader('content-type', 'text/html').end('<html>no MCP here</html>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
}

test('servers that answer garbage or never start: the class of the trouble, a log line, a record, and the others work', async () => {
  const answersNothing = `process.stdin.on('data', (chunk) => {
    for (const line of String(chunk).trim().split('\\n'))
      console.log(JSON.stringify({ jsonrpc: '2.0', id: JSON.parse(line).id, result: { nothing: true } }));
  })`;
  const { sandbox, gateway } = await serve([
    ECHO,
    { name: 'page', url: await pageServer() },
    { name: 'nothing', command: process.execPath, args: ['-e', answersNothing] },
    { name: 'garbled', command: process.execPath, args: [serverFile('garbled-answer')] },
    { name: 'missing', command: '/no/such/program' },
    { name: 'ends', command: process.execPath, args: [serverFile('exit-at-once')] },
  ]);
  const bad = [
    ['page', -32603, 'handshake', 'server-gone'],
    ['nothing', -32603, 'handshake', 'server-gone'],
    ['garbled', -32603, 'garbled', 'garbled'],
    ['missing', -32603, 'not-found', 'server-gone'],
    ['ends', -32603, 'exited', 'server-gone'],
  ] as const;
  const { headers } = modern('2026-07-28', 'echo');
  for (const [name, code, failureClass] of bad) {
    const params = { name: 'echo', arguments: {}, _meta: ENVELOPE };
    const answer = await fetch(`${gateway.base}/mcp/${name}`, {
      method: 'POST',
      headers: { ...JSON_HEADERS, ...headers, 'x-request-id': `call-${name}` },
      body: JSON.stringify({ jsonrpc: '2.0', id: 7, method: 'tools/call', params }),
    });
    expect(await answer.json()).toMatchObject({
      id: 7,
      error: { code, data: { failure_class: failureClass } },
    });
    const client = new McpClient(`${gateway.base}/mcp/echo`, 'modern');
    onTestFinished(() => client.close());
    expect((await client.call(name, 'echo', {})).answer).toHaveProperty('result');
  }
  const ended = (): unknown[] =>
    sandbox.records().flatMap((record) => {
      const isTheirs = record.type === 'outcome' && (record.http_request_id ?? '').startsWith('call-');
      return isTheirs ? [[record.http_request_id, record.result, record.error_code]] : [];
    });
  await eventually('the record of each', () => ended().length >= bad.length);
  expect(ended()).toEqual(bad.map(([name, code, , result]) => [`call-${name}`, result, code]));
  for (const [name, , failureClass] of bad) {
    const line = failureClass === 'garbled' ? `the server "garbled" wrote a line that is no message` : '';
    const said = line === '' ? `server=${name} failure_class=${failureClass}` : line;
    expect(gateway.process.stderr).toContain(said);
  }
});
