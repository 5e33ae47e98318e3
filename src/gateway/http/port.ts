import type { IncomingHttpHeaders } from 'node:http';
import type { Principal } from '../identity/principal.js';

/** Headers of an answer, by name. */
export type ReplyHeaders = Readonly<Record<string, string>>;

/** One HTTP exchange on an MCP path, after the guards at the door and with a known sender. */
export interface McpExchange {
  /** The X-Request-Id of the answer: 1 to 128 visible ASCII characters. */
  readonly requestId: string;
  readonly method: 'POST' | 'GET' | 'DELETE';
  readonly principal: Principal;
  /** The server of `/mcp/<upstream>`, decoded, as the client named it; null on `/mcp`. */
  readonly upstream: string | null;
  /** What follows the path, with its question mark; empty without. A credential in it is never looked at. */
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  /** The whole body of a POST, within the bound; empty otherwise. */
  readonly body: Buffer;
  readonly reply: Reply;
}

/** The way to answer one exchange. What comes after the answer's end, or after the client left, is dropped. */
export interface Reply {
  /** Whether the client is gone or everything was handed over; nothing that is given now is sent. */
  readonly over: boolean;
  /** Answers with one JSON body and ends. Bytes are sent as they are and must not change afterwards. */
  json(status: number, body: Uint8Array | string, headers?: ReplyHeaders): void;
  /** Answers without a body and ends. */
  empty(status: number, headers?: ReplyHeaders): void;
  /** Begins an event stream (200, text/event-stream). */
  stream(headers?: ReplyHeaders): EventStream;
  /** Called once when the client disconnected, or was cut off, before the answer was whole. */
  onLeft(listener: () => void): void;
}

/** An answer that goes on. */
export interface EventStream {
  /**
   * One SSE event whose data is this message line (without its line feed). A client that does not
   * read is cut off: once more than STREAM_WAITING_BYTES_MAX waits, or after HTTP_STALL_MS.
   */
  send(message: Uint8Array, event?: { readonly id?: string; readonly name?: string }): void;
  /** Ends the answer after what waits. */
  end(): void;
}

/** What answers exchanges: the gateway's core. Synchronous: it answers whenever it can. */
export interface McpCore {
  handle(exchange: McpExchange): void;
  /** The old HTTP+SSE transport, where listen.legacy_sse is on: GET /sse, POST /messages. */
  handleSse?(exchange: McpExchange): void;
}
