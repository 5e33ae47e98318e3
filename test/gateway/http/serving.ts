import net from 'node:net';
import { afterEach } from 'vitest';
import type { HttpRefusal, HttpServerOptions } from '../../../src/gateway/http/options.js';
import type { McpExchange } from '../../../src/gateway/http/port.js';
import { HttpServer } from '../../../src/gateway/http/server.js';
import type { Identity, Principal } from '../../../src/gateway/identity/principal.js';
import type { GatewayMetrics, MetricsPage } from '../../../src/gateway/operate/gateway-metrics.js';
import { readinessOf } from '../../../src/gateway/operate/health.js';
import type { GatewayLog } from '../../../src/gateway/operate/log.js';
import { PATIENCE_MS, within } from '../../support/eventually.js';

/** A server on loopback with a core that the test scripts, and everything that was told of it. */
export interface Serving {
  readonly server: HttpServer;
  readonly url: string;
  readonly port: number;
  /** Exchanges that the core was given. */
  readonly exchanges: McpExchange[];
  readonly refusals: HttpRefusal[];
  /** Metrics and logs as they came: `httpRequest mcp 200`. */
  readonly counted: string[];
  readonly logged: string[];
}

const PRINCIPAL: Principal = { agent: undefined, key: 'anonymous', scopes: [], claims: {} };

export const ANONYMOUS: Identity = {
  warning: undefined,
  trouble: undefined,
  authenticate: () => Promise.resolve(PRINCIPAL),
  insufficientScope: () => ({ status: 403, headers: {}, body: '', reason: '' }),
  metadata: () => undefined,
  close: () => undefined,
};

const ANSWER = '{"jsonrpc":"2.0","id":1,"result":{}}';
const open: HttpServer[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close(0)));
});

/** Starts a server; without a core each exchange gets a small JSON answer. */
export async function serving(
  changes: Partial<HttpServerOptions> = {},
  handle: (exchange: McpExchange) => void = ({ reply }) => reply.json(200, ANSWER),
): Promise<Serving> {
  const exchanges: McpExchange[] = [];
  const refusals: HttpRefusal[] = [];
  const counted: string[] = [];
  const logged: string[] = [];
  const take = (exchange: McpExchange): void => {
    exchanges.push(exchange);
    handle(exchange);
  };
  const server = new HttpServer({
    host: '127.0.0.1',
    port: 0,
    allowedHosts: [],
    allowedOrigins: [],
    legacySse: false,
    metricsFor: 'identified',
    bodyBytesMax: 64 * 1024,
    core: { handle: take, handleSse: take },
    identity: ANONYMOUS,
    readiness: () => readinessOf({ upstreams: [], parts: {}, isClosing: false }),
    metrics: memoryMetrics(counted),
    log: memoryLog(logged),
    onRefused: (refusal) => refusals.push(refusal),
    monotonicMs: () => performance.now(),
    ...changes,
  });
  open.push(server);
  const { url, port } = await server.start();
  return { server, url, port, exchanges, refusals, counted, logged };
}

function memoryMetrics(counted: string[]): GatewayMetrics & MetricsPage {
  const count =
    (name: string) =>
    (...values: readonly unknown[]): void => {
      counted.push([name, ...values].join(' '));
    };
  return {
    decided: count('decided'),
    called: count('called'),
    approvalsWaiting: count('approvalsWaiting'),
    upstreamState: count('upstreamState'),
    upstreamRestarted: count('upstreamRestarted'),
    upstreamRemoved: count('upstreamRemoved'),
    sessions: count('sessions'),
    httpRequest: count('httpRequest'),
    refused: count('refused'),
    cutOff: count('cutOff'),
    auditFailing: count('auditFailing'),
    reloaded: count('reloaded'),
    contentType: 'text/plain; version=0.0.4; charset=utf-8',
    text: () => Promise.resolve('guard_build_info 1\n'),
  };
}

function memoryLog(logged: string[]): GatewayLog {
  return {
    isEnabled: () => true,
    write: (level, message, fields) => logged.push(`${level} ${message} ${JSON.stringify(fields)}`),
    setLevel: () => undefined,
  };
}

/** The headers of a well-formed POST. */
export const JSON_HEADERS = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
} as const;

/** A POST as a client sends it. */
export function post(
  url: string,
  changes: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> } = {},
): Promise<Response> {
  return fetch(`${url}/mcp`, {
    method: 'POST',
    body: '{"jsonrpc":"2.0","id":1,"method":"ping"}',
    ...changes,
    headers: { ...JSON_HEADERS, ...changes.headers },
  });
}

/** Sends bytes as they are and gives what comes back until the server closes. */
export async function raw(port: number, text: string | Buffer): Promise<string> {
  const socket = net.connect(port, '127.0.0.1');
  const pieces: Buffer[] = [];
  socket.on('data', (piece) => pieces.push(piece));
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => {
    socket.on('close', () => resolve());
  });
  socket.write(text);
  await within('the end of the connection', closed);
  return Buffer.concat(pieces).toString('latin1');
}

/**
 * Resolves once a client is served. Where a test makes the bounds small, one that a busy machine holds up is
 * taken for a slow client and told so (408): it comes again.
 */
export async function served(url: string): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const { status } = await post(url);
    if (status === 200) return;
    if (status !== 408 || performance.now() > deadline) throw new Error(`expected 200, got ${status}`);
  }
}

/** A raw request with a Host that is answered. */
export function requestText(line: string, headers: readonly string[], body = ''): string {
  return [line, 'Host: 127.0.0.1', ...headers, '', body].join('\r\n');
}

/** The headers of a raw JSON POST. */
export const RAW_POST = [
  'Content-Type: application/json',
  'Accept: application/json, text/event-stream',
] as const;
