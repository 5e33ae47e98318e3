import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import {
  CALLBACK_BODY_BYTES_MAX,
  CALLBACK_CONNECTIONS_MAX,
  CALLBACK_TIMEOUT_MS,
} from '../../platform/bounds.js';
import { messageOf, systemErrorCode } from '../../platform/errors.js';
import type { JsonObject } from '../../platform/json.js';

/** A request to the listener, whole. */
export interface CallbackRequest {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** The answer to it. */
export interface CallbackReply {
  readonly status: number;
  /** No body where it is left out. */
  readonly body?: JsonObject;
  /** Why it did not count, for the record; never what it carried. */
  readonly refused?: string;
}

export type CallbackHandler = (request: CallbackRequest) => CallbackReply;

export interface CallbackListenerOptions {
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  /** Base address that others know, where it is another than host and port. */
  readonly publicUrl?: string;
  /** Told of each request that did not count. */
  readonly onRefused: (why: string, channel: string) => void;
}

/**
 * Where answers from outside come in: a small HTTP listener of its own, apart from the port of the
 * agents. It listens from the first request that needs it, and knows nothing but its paths.
 */
export class CallbackListener {
  readonly #options: CallbackListenerOptions;
  readonly #handlers = new Map<string, { readonly channel: string; readonly handler: CallbackHandler }>();
  readonly #server = createServer(
    {
      connectionsCheckingInterval: 1000,
      headersTimeout: CALLBACK_TIMEOUT_MS,
      requestTimeout: CALLBACK_TIMEOUT_MS,
    },
    (request, response) => void this.#serve(request, response),
  );
  #listening: Promise<string> | undefined;

  constructor(options: CallbackListenerOptions) {
    this.#options = options;
    this.#server.maxConnections = CALLBACK_CONNECTIONS_MAX;
  }

  /** Has a channel answer at its path. */
  handle(channel: string, handler: CallbackHandler): void {
    this.#handlers.set(pathOf(channel), { channel, handler });
  }

  /** The address of a channel's path, once it is listened on. Rejects with an Error in words where it cannot be. */
  async address(channel: string): Promise<string> {
    // What could not be listened on may be free by the next request.
    this.#listening ??= this.#listen().catch((error: unknown) => {
      this.#listening = undefined;
      throw error;
    });
    return `${await this.#listening}${pathOf(channel)}`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #listen(): Promise<string> {
    const { host, port, publicUrl } = this.#options;
    await new Promise<void>((resolve, reject) => {
      const fail = (error: Error): void => {
        const why = systemErrorCode(error) ?? messageOf(error);
        reject(new Error(`answers cannot be taken: cannot listen on ${host} port ${port} (${why})`));
      };
      this.#server.once('error', fail);
      this.#server.listen({ host, port }, () => {
        this.#server.off('error', fail);
        // It ends with guard, and keeps it from nothing.
        this.#server.unref();
        resolve();
      });
    });
    if (publicUrl !== undefined) return publicUrl.replace(/\/+$/, '');
    const address = this.#server.address();
    const actual = typeof address === 'object' && address !== null ? address.port : port;
    return `http://${host.includes(':') ? `[${host}]` : host}:${actual}`;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '').split('?')[0] ?? '';
    const route = this.#handlers.get(path);
    const reply = await replyTo(request, route?.handler);
    if (reply === undefined) return void request.destroy();
    if (reply.refused !== undefined) this.#options.onRefused(reply.refused, route?.channel ?? 'callback');
    const text = reply.body === undefined ? '' : JSON.stringify(reply.body);
    response.writeHead(reply.status, {
      ...(text === '' ? {} : { 'content-type': 'application/json' }),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      connection: 'close',
    });
    response.end(text);
  }
}

/** The path of a channel's callbacks. */
function pathOf(channel: string): string {
  return `/approvals/${encodeURIComponent(channel)}`;
}

async function replyTo(
  request: IncomingMessage,
  handler: CallbackHandler | undefined,
): Promise<CallbackReply | undefined> {
  if (handler === undefined) return { status: 404, refused: 'there is nothing at its path' };
  if (request.method !== 'POST') return { status: 405, refused: 'it is no POST' };
  const body = await bodyOf(request);
  if (body === 'gone') return undefined;
  if (body === 'large') return { status: 413, refused: `it has more than ${CALLBACK_BODY_BYTES_MAX} bytes` };
  try {
    return handler({ headers: request.headers, body });
  } catch {
    return { status: 500, refused: 'it could not be handled' };
  }
}

function bodyOf(request: IncomingMessage): Promise<Buffer | 'large' | 'gone'> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      // Read on, and keep nothing of it: who is cut off in the middle reads no answer.
      if (bytes > CALLBACK_BODY_BYTES_MAX) chunks.length = 0;
      else chunks.push(chunk);
      if (bytes > CALLBACK_BODY_BYTES_MAX * 4) resolve('gone');
    });
    request.on('end', () => resolve(bytes > CALLBACK_BODY_BYTES_MAX ? 'large' : Buffer.concat(chunks)));
    request.on('error', () => resolve('gone'));
    request.on('close', () => resolve('gone'));
  });
}
