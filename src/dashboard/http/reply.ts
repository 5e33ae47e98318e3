import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ApiError, ERROR_CODES, type ErrorCode } from '../contract/shapes.js';

/** Nothing is fetched from elsewhere, nothing runs that stands in a page, nobody frames it. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': PAGE_POLICY,
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
};

export type Headers = Readonly<Record<string, string | readonly string[]>>;

/** What stops a request, with the answer for it. Thrown by whatever answers; nothing of it is a defect. */
export class Stop extends Error {
  readonly code: ErrorCode;
  readonly more: Omit<ApiError['error'], 'code' | 'message'>;
  readonly headers: Headers;
  /** Whether who threw it has recorded it. */
  readonly isRecorded: boolean;

  constructor(
    code: ErrorCode,
    message: string,
    more: Omit<ApiError['error'], 'code' | 'message'> = {},
    headers: Headers = {},
    isRecorded = false,
  ) {
    super(message);
    this.isRecorded = isRecorded;
    this.code = code;
    this.more = more;
    this.headers = headers;
  }
}

/** The answer to one request of the dashboard. */
export class DashboardReply {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  #cookie: string | undefined;

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.request = request;
    this.response = response;
  }

  /** The address of who asks, as the connection has it: headers of proxies can be made up. */
  get address(): string {
    return this.request.socket.remoteAddress ?? '';
  }

  /** Sets a cookie with whatever is answered. */
  setCookie(cookie: string): void {
    this.#cookie = cookie;
  }

  json(value: unknown, headers: Headers = {}): void {
    this.#whole(200, 'application/json; charset=utf-8', JSON.stringify(value), headers);
  }

  empty(): void {
    this.#begin(204, {});
    this.#end(undefined);
  }

  stop({ code, message, more, headers }: Stop): void {
    if (this.response.headersSent) {
      // What has begun cannot be taken back; one that breaks off is not taken for whole.
      this.response.destroy();
      return;
    }
    const body = { error: { code, message, ...more } } satisfies ApiError;
    // What is left of a body is not read: the connection ends with the answer.
    const close = this.request.complete ? {} : { Connection: 'close' };
    this.#whole(ERROR_CODES[code], 'application/json; charset=utf-8', JSON.stringify(body), {
      ...headers,
      ...close,
    });
  }

  /** A file of the page. */
  file(status: number, type: string, body: Uint8Array, headers: Headers): void {
    this.#whole(status, type, body, headers);
  }

  /** Begins an answer of unknown length. */
  begin(type: string, headers: Headers = {}): ServerResponse {
    this.#begin(200, { 'Content-Type': type, ...headers });
    return this.response;
  }

  /** Begins an answer without an end of its own. It is sent as it is, which costs one write each time. */
  beginStream(type: string, headers: Headers = {}): ServerResponse {
    this.response.useChunkedEncodingByDefault = false;
    return this.begin(type, { Connection: 'close', ...headers });
  }

  #whole(status: number, type: string, body: string | Uint8Array, headers: Headers): void {
    if (this.response.headersSent || this.response.destroyed) return;
    this.#begin(status, {
      'Content-Type': type,
      'Content-Length': String(Buffer.byteLength(body)),
      ...headers,
    });
    this.#end(body);
  }

  #begin(status: number, headers: Headers): void {
    const cookie = this.#cookie === undefined ? {} : { 'Set-Cookie': this.#cookie };
    this.response.writeHead(status, {
      'Cache-Control': 'no-store',
      ...SECURITY_HEADERS,
      ...cookie,
      ...(headers as Record<string, string>),
    });
  }

  #end(body: string | Uint8Array | undefined): void {
    this.response.end(this.request.method === 'HEAD' ? undefined : body);
  }
}
