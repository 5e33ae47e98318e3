import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { REMOTE_HEADERS_MS, REMOTE_REDIRECTS_MAX, SERVER_FRAME_BYTES_MAX } from '../../platform/bounds.js';
import type { Diagnostics } from '../../platform/diagnostics.js';
import { VERSION } from '../../platform/version.js';
import {
  garbledFailure,
  nameOf,
  networkFailure,
  redirectFailure,
  RemoteFailure,
  tooLargeFailure,
} from './failure.js';

/** How long a connection is kept for the next request: less than the 5 s after which many servers close it. */
const IDLE_CONNECTION_MS = 3000;
/** How often TCP asks a silent server whether it is still there. */
const KEEP_ALIVE_PROBE_MS = 60_000;

/** The way to one remote server: what every request to it shares. */
export interface Wire {
  readonly url: URL;
  /** The headers of `--header`, by lower-case name. They go to this server's origin only. */
  readonly headers: Readonly<Record<string, string>>;
  readonly agent: http.Agent;
  readonly headersMs: number;
  readonly frameBytesMax: number;
  readonly diagnostics: Diagnostics | undefined;
}

export interface WireOptions {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly diagnostics?: Diagnostics | undefined;
  readonly headersMs?: number | undefined;
  readonly frameBytesMax?: number | undefined;
}

/** A wire with the usual bounds; opens no connection yet. */
export function createWire(options: WireOptions): Wire {
  const { Agent } = options.url.protocol === 'https:' ? https : http;
  return {
    url: options.url,
    headers: options.headers,
    agent: new Agent({ keepAlive: true, timeout: IDLE_CONNECTION_MS }),
    headersMs: options.headersMs ?? REMOTE_HEADERS_MS,
    frameBytesMax: options.frameBytesMax ?? SERVER_FRAME_BYTES_MAX,
    diagnostics: options.diagnostics,
  };
}

/** One HTTP request to the remote server. */
export interface Call {
  readonly url: URL;
  readonly method: 'POST' | 'GET' | 'DELETE';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  readonly signal: AbortSignal;
  /**
   * How long the headers may take, in milliseconds; the wire's time without. Infinity for a stream that
   * may be silent: some servers send the headers only with the first event.
   */
  readonly headersMs?: number;
  /** Called when the request has left guard. */
  readonly onSent?: () => void;
}

/**
 * Sends one request and resolves with its response once the headers are there, whatever the status.
 * Redirects are followed within the origin and with the same method only. Throws RemoteFailure.
 */
export async function exchange(wire: Wire, call: Call): Promise<IncomingMessage> {
  let { url } = call;
  for (let hop = 0; ; hop++) {
    const response = await roundTrip(wire, { ...call, url });
    const status = response.statusCode ?? 0;
    const target = redirectTarget(response, status, url);
    if (target === null) return response;
    discard(response);
    const keepsMethod = status === 307 || status === 308 || call.method === 'GET';
    if (target.origin !== url.origin || !keepsMethod || hop === REMOTE_REDIRECTS_MAX) {
      throw redirectFailure(url, target, status);
    }
    url = target;
  }
}

/*
 * node:http and not fetch: fetch ends every response that is silent for 300 s, which an event stream
 * without keep-alives and a slow tool both are, and its limit cannot be set without undici itself.
 */
function roundTrip(wire: Wire, call: Call): Promise<IncomingMessage> {
  const { url, method, signal, body, headersMs = wire.headersMs } = call;
  const headers = {
    'user-agent': `mcp-guard/${VERSION}`,
    'accept-encoding': 'identity',
    ...wire.headers,
    ...call.headers,
    ...(body === undefined ? {} : { 'content-length': String(body.length) }),
  };
  const send = url.protocol === 'https:' ? https.request : http.request;
  return new Promise((resolve, reject) => {
    // The signal is not given to `send`: Node would tie it to the connection too, which later requests use.
    const request = send(url, { method, agent: wire.agent, headers });
    const abort = (): void =>
      void request.destroy(new RemoteFailure(`${nameOf(url)} was not waited for any longer`));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    request.once('close', () => signal.removeEventListener('abort', abort));
    const late = (): void => {
      const seconds = Math.round(headersMs / 1000);
      request.destroy(new RemoteFailure(`${nameOf(url)} sent no answer within ${seconds} s`));
    };
    const timer = headersMs === Infinity ? undefined : setTimeout(late, headersMs);
    if (call.onSent !== undefined) request.once('finish', call.onSent);
    request.once('socket', prepare);
    request.on('error', (error) => {
      clearTimeout(timer);
      reject(networkFailure(url, error));
    });
    request.once('response', (response) => {
      clearTimeout(timer);
      // Whoever reads the body learns of its end there; without a reader it must not end the process.
      response.on('error', ignore);
      resolve(response);
    });
    request.end(body);
  });
}

/**
 * Requests and responses report what happens to their connection. One that is dropped at the moment
 * in which its response ends belongs to neither, and its error must not end the process.
 */
function prepare(socket: Socket): void {
  socket.setKeepAlive(true, KEEP_ALIVE_PROBE_MS);
  if (!socket.listeners('error').includes(ignore)) socket.on('error', ignore);
}

function ignore(): void {
  // Reported elsewhere.
}

function redirectTarget(response: IncomingMessage, status: number, url: URL): URL | null {
  const { location } = response.headers;
  if (status < 300 || status > 399 || location === undefined) return null;
  return URL.canParse(location, url.href) ? new URL(location, url) : null;
}

/** The type of a response's body, in lower case and without parameters. */
export function mediaType(response: IncomingMessage): string {
  return (response.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** Lets go of a response whose body nobody needs; short ones keep their connection. */
export function discard(response: IncomingMessage): void {
  const length = Number(response.headers['content-length'] ?? Number.NaN);
  const short = length <= 65_536 || response.statusCode === 202 || response.statusCode === 204;
  if (short) response.resume();
  else response.destroy();
}

/** The chunks of a body as they come; nothing is read ahead of who takes them. Throws RemoteFailure. */
export async function* bodyChunks(url: URL, response: IncomingMessage): AsyncGenerator<Buffer> {
  const encoding = response.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') {
    response.destroy();
    throw garbledFailure(url, `compressed its answer (${encoding}), which was not asked for`);
  }
  try {
    for await (const chunk of response) yield chunk as Buffer;
  } catch (error) {
    throw networkFailure(url, error);
  }
}

/** A whole body of at most `bytesMax` bytes. Throws RemoteFailure. */
export async function readBody(url: URL, response: IncomingMessage, bytesMax: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of bodyChunks(url, response)) {
    size += chunk.length;
    // Leaving the loop destroys the response, so the rest is not read.
    if (size > bytesMax) throw tooLargeFailure(url, bytesMax);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}
