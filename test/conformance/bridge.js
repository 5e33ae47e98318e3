// The yardstick of the conformance run: a bridge from HTTP to one stdio server that judges nothing.
//   node bridge.js [--port N] -- COMMAND ARGS…
// Clients of the older era get a child each, those of the newer one share a child. It tells to whom a
// log line belongs by taking the newest request, which does for a suite that asks one thing at a time.
import http from 'node:http';
import {
  classifyInboundRequest,
  hostHeaderValidationResponse,
  localhostAllowedHostnames,
} from '@modelcontextprotocol/server';
import { fetchServer } from '../fixtures/conformance/fetch-server.js';
import { legacyBridge } from './bridge-legacy.js';
import { startChild } from './bridge-child.js';

const split = process.argv.indexOf('--');
const command = process.argv.slice(split + 1);
const portAt = process.argv.indexOf('--port');
const port = portAt === -1 || portAt > split ? 0 : Number(process.argv[portAt + 1]);

const REVISION = '2026-07-28';
const META = 'io.modelcontextprotocol';
const STATUS = new Map([
  [-32601, 404],
  [-32602, 400],
  [-32020, 400],
  [-32021, 400],
  [-32022, 400],
]);
/** What the newer era has no more; a guard in between would judge some of them by what they were. */
const REMOVED = new Set([
  'initialize',
  'ping',
  'logging/setLevel',
  'resources/subscribe',
  'resources/unsubscribe',
]);
const NAMED = { 'tools/call': 'name', 'prompts/get': 'name', 'resources/read': 'uri' };

const legacy = legacyBridge(command);
const open = new Map();
let shared;
let lastId = 0;

const server = http.createServer(fetchServer(answer));
server.listen(port, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${server.address().port}/mcp\n`);
});

async function answer(request) {
  const refused = hostHeaderValidationResponse(request, localhostAllowedHostnames());
  if (refused !== undefined) return refused;
  const { method, headers } = request;
  const text = method === 'POST' ? await request.text() : '';
  const body = text === '' ? undefined : JSON.parse(text);
  const inbound = classifyInboundRequest({
    httpMethod: method,
    protocolVersionHeader: headers.get('mcp-protocol-version') ?? undefined,
    mcpMethodHeader: headers.get('mcp-method') ?? undefined,
    mcpNameHeader: headers.get('mcp-name') ?? undefined,
    body,
  });
  if (inbound.kind === 'reject') {
    const { code, message, data } = inbound;
    return failed(body?.id ?? null, { code, message, data }, inbound.httpStatus);
  }
  if (inbound.kind === 'legacy') return legacy(request, body);
  const requested = inbound.classification.revision;
  // A stdio server made with the SDK looks at the version until its era is settled, and no more after that.
  return requested === REVISION
    ? modern(request, body)
    : failed(body.id ?? null, unsupported(requested), 400);
}

function unsupported(requested) {
  const data = { supported: [REVISION], requested };
  return { code: -32022, message: 'Unsupported protocol version', data };
}

/** One request of the newer era: JSON where the answer comes first, a stream where something else does. */
function modern(request, body) {
  if (body.id === undefined) return new Response(null, { status: 202 });
  if (REMOVED.has(body.method)) return failed(body.id, { code: -32601, message: 'Method not found' }, 404);
  const named = body.params?.[NAMED[body.method]];
  const mismatch =
    request.headers.get('mcp-method') !== body.method ||
    (named !== undefined && request.headers.get('mcp-name')?.trim() !== named);
  if (mismatch) return failed(body.id, { code: -32020, message: 'Header mismatch' }, 400);
  shared ??= startChild(command, fromShared);
  lastId += 1;
  const id = lastId;
  const meta = body.params._meta;
  const progressToken = meta.progressToken === undefined ? {} : { progressToken: id };
  const params = { ...body.params, _meta: { ...meta, ...progressToken } };
  return new Promise((resolve) => {
    open.set(id, { asked: body.id, token: meta.progressToken, resolve, stream: undefined });
    request.signal.addEventListener('abort', () => {
      if (open.delete(id)) shared.send({ method: 'notifications/cancelled', params: { requestId: id } });
    });
    shared.send({ id, method: body.method, params });
  });
}

function fromShared(message) {
  const { params } = message;
  const own = params?._meta?.[`${META}/subscriptionId`] ?? params?.progressToken ?? message.id;
  const id = own ?? [...open.keys()].at(-1);
  const entry = open.get(id);
  if (entry === undefined) return;
  if (message.method === undefined) finish(id, entry, message);
  else event(entry, notification(message, entry));
}

function finish(id, entry, message) {
  open.delete(id);
  const whole = { ...message, id: entry.asked };
  if (entry.stream === undefined) {
    entry.resolve(Response.json(whole, { status: STATUS.get(message.error?.code) ?? 200 }));
  } else {
    event(entry, whole);
    entry.stream.close();
  }
}

function notification(message, entry) {
  const { _meta: meta, progressToken, ...params } = message.params ?? {};
  const subscription = meta?.[`${META}/subscriptionId`];
  return {
    ...message,
    params: {
      ...params,
      ...(progressToken === undefined ? {} : { progressToken: entry.token }),
      ...(subscription === undefined ? {} : { _meta: { ...meta, [`${META}/subscriptionId`]: entry.asked } }),
    },
  };
}

function event(entry, message) {
  if (entry.stream === undefined) {
    const body = new ReadableStream({ start: (controller) => void (entry.stream = controller) });
    entry.resolve(new Response(body, { headers: { 'content-type': 'text/event-stream' } }));
  }
  entry.stream.enqueue(`event: message\ndata: ${JSON.stringify(message)}\n\n`);
}

function failed(id, error, status) {
  return Response.json({ jsonrpc: '2.0', id, error }, { status });
}
