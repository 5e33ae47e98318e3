import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { serverFile } from '../support/built-guard.js';
import { type Collector, startCollector } from '../support/collector.js';
import { eventually } from '../support/eventually.js';
import { useSandbox } from '../support/use-sandbox.js';
import { verifies } from '../requirements.js';
import { useGateway } from './gateway-peers.js';
import { callModern } from './modern-call.js';

verifies('tracing:recorded', 'tracing:carried', 'tracing:spans', 'tracing:away');

const open = useSandbox();
const { serve } = useGateway();
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const PARENT = `00-${TRACE}-${SPAN}-01`;

async function collector(): Promise<Collector> {
  const started = await startCollector();
  onTestFinished(() => started.close());
  return started;
}

function configFor(url: string): string {
  return `
version: '1'
tracing: { otlp: { endpoint: '${url}', headers: { x-team: blue } } }
policies: { rules: [{ name: no, match: { tool: boom }, action: deny }] }
`;
}

test('the stdio door carries the context on untouched, records it and makes spans of the calls', async () => {
  const to = await collector();
  const sandbox = open(configFor(to.url));
  const guard = sandbox.guard({ server: ['echo', sandbox.received] });
  const meta = { traceparent: PARENT, tracestate: 'a=1', baggage: 'k=v' };
  await guard.ask(1, 'tools/call', { name: 'echo', arguments: {}, _meta: meta });
  await guard.ask(2, 'tools/call', { name: 'boom', arguments: {}, _meta: { traceparent: 'nonsense' } });
  await guard.ask(3, 'tools/call', {
    name: 'echo',
    arguments: {},
    _meta: { traceparent: `00-${TRACE}-${SPAN}-00` },
  });
  await guard.finish();
  expect(sandbox.receivedLines().map((line) => JSON.parse(line) as unknown)).toContainEqual(
    expect.objectContaining({ id: 1, params: { name: 'echo', arguments: {}, _meta: meta } }),
  );
  const traces = sandbox
    .records()
    .flatMap((record) => (record.type === 'decision' ? [record.traceparent] : []));
  expect(traces).toEqual([PARENT, undefined, `00-${TRACE}-${SPAN}-00`]);
  expect(to.faults).toEqual([]);
  expect(to.headers[0]).toMatchObject({ 'x-team': 'blue' });
  // The third was not sampled.
  const [passed, denied, ...others] = to.spans;
  expect(others).toEqual([]);
  expect(passed).toMatchObject({
    traceId: TRACE,
    parentSpanId: SPAN,
    name: 'tools/call echo',
    kind: 2,
    status: {},
    attributes: {
      'mcp.method.name': 'tools/call',
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'echo',
      'jsonrpc.request.id': '1',
      'network.transport': 'pipe',
      'guard.decision': 'allow',
    },
  });
  expect(denied).toMatchObject({
    status: { code: 2 },
    attributes: { 'error.type': 'denied', 'guard.rule': 'no' },
  });
  expect(denied).not.toHaveProperty('parentSpanId');
});

test.each([
  ['no context', 'nonsense'],
  ['upper case', PARENT.toUpperCase()],
  ['only zeros', `00-${'0'.repeat(32)}-${SPAN}-01`],
  ['more than its version has', `${PARENT}-more`],
  ['a number', 7],
  ['an object', { trace: TRACE }],
  ['nothing', null],
])(
  'a traceparent that is %s reaches the server as it came, and is in no record',
  async (_what, traceparent) => {
    const sandbox = open();
    const guard = sandbox.guard({ server: ['echo', sandbox.received] });
    const line = JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'echo', arguments: {}, _meta: { traceparent, tracestate: 'a=1' } },
    });
    guard.send(`${line}\n`);
    await guard.answer(1);
    await guard.finish();
    expect(sandbox.receivedLines()).toEqual([line]);
    const [decision] = sandbox.records().filter(({ type }) => type === 'decision');
    expect(decision).toMatchObject({ decision: 'allow' });
    expect(decision).not.toHaveProperty('traceparent');
  },
);

test('a collector that is away or silent holds up no call and not the end, and the loss is told', async () => {
  const to = await collector();
  to.answers(0);
  const sandbox = open(configFor(to.url));
  const guard = sandbox.guard({ server: ['echo', sandbox.received] });
  for (let id = 1; id <= 5; id += 1) await guard.ask(id, 'tools/call', { name: 'echo', arguments: {} });
  await guard.finish();
  expect(guard.stderr).toContain('5 spans were not delivered');
  expect(sandbox.records().filter(({ type }) => type === 'outcome')).toHaveLength(5);
});

test('the HTTP door takes the context of the message before that of its request, and gives it to HTTP servers', async () => {
  const to = await collector();
  const seen: http.IncomingHttpHeaders[] = [];
  const remote = http.createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const message = JSON.parse(Buffer.concat(pieces).toString('utf8') || '{}') as {
        id?: number;
        method?: string;
      };
      if (message.method === 'tools/call') seen.push(request.headers);
      const error = { code: -32601, message: 'no' };
      const result =
        message.method === 'initialize'
          ? { protocolVersion: '2025-06-18', capabilities: {}, serverInfo: { name: 'x', version: '1' } }
          : {};
      const answer = message.method === 'server/discover' ? { error } : { result };
      if (message.id === undefined) return response.writeHead(202).end();
      return response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ jsonrpc: '2.0', id: message.id, ...answer }));
    });
  });
  await new Promise<void>((resolve) => remote.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void remote.close());
  const url = `http://127.0.0.1:${(remote.address() as AddressInfo).port}/mcp`;
  const { gateway, sandbox } = await serve(
    [
      { name: 'far', url },
      { name: 'near', command: process.execPath, args: [serverFile('echo')] },
    ],
    { tracing: { otlp: { endpoint: `${to.url}/v1/traces` } }, policies: { unlisted_tools: 'allow' } },
  );
  const headerTrace = `00-${'ab'.repeat(16)}-${SPAN}-01`;
  const { base } = gateway;
  const far = (headers: Record<string, string>, meta = {}): Promise<void> =>
    callModern({ base, server: 'far', headers, meta });
  await callModern({ base, server: 'near', headers: { traceparent: headerTrace } });
  await callModern({ base, server: 'near', headers: { traceparent: 'garbage' } });
  await far({ traceparent: headerTrace }, { traceparent: PARENT, tracestate: 'a=1', baggage: 'k=v' });
  await far({ traceparent: headerTrace, tracestate: 'b=2' });
  await far({ traceparent: headerTrace, tracestate: 'no list' }, { traceparent: 'garbage' });
  await far({ traceparent: 'garbage', tracestate: 'b=2' });
  await eventually('the calls of the far server', () => seen.length > 3);
  await gateway.close();
  expect(seen[1]).toMatchObject({ traceparent: headerTrace, tracestate: 'b=2' });
  expect(seen[2]).toMatchObject({ traceparent: headerTrace });
  expect(seen[2]).not.toHaveProperty('tracestate');
  expect(seen[3]).not.toHaveProperty('traceparent');
  expect(seen[3]).not.toHaveProperty('tracestate');
  expect(seen[0]).toMatchObject({ traceparent: PARENT, tracestate: 'a=1', baggage: 'k=v' });
  const traces = sandbox
    .records()
    .flatMap((record) =>
      record.type === 'decision' && record.method === 'tools/call' ? [record.traceparent] : [],
    );
  expect(traces).toEqual([headerTrace, undefined, PARENT, headerTrace, headerTrace, undefined]);
  expect(to.faults).toEqual([]);
  const calls = to.spans.filter(({ name }) => name === 'tools/call echo');
  expect(calls.map(({ parentSpanId }) => parentSpanId)).toEqual([
    SPAN,
    undefined,
    SPAN,
    SPAN,
    SPAN,
    undefined,
  ]);
  expect(calls[2]).toMatchObject({
    traceId: TRACE,
    attributes: { 'network.transport': 'tcp', 'guard.server': 'far' },
  });
});
