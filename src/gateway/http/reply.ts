import type { IncomingMessage, ServerResponse } from 'node:http';
import { ANSWER_JOINED_BYTES_MAX, HTTP_SKIPPED_BODY_BYTES_MAX } from '../../platform/bounds.js';
import type { Refusal } from '../../platform/http/door-check.js';
import { errorBody } from './error-body.js';
import { HttpEventStream } from './event-stream.js';
import { dropBody } from './linger.js';
import type { EventStream, Reply, ReplyHeaders } from './port.js';
import { announcesBody, statedLength } from '../../platform/http/read-body.js';
import type { RouteName } from './routes.js';
import type { StreamComments } from './stream-comments.js';
import type { WaitingAnswer, WaitingAnswers } from './waiting-answers.js';

/** What all answers of one server share. */
export interface ReplySurroundings {
  readonly waiting: WaitingAnswers;
  readonly comments: StreamComments;
  /** Whether connections are to end with the answer that they carry now. */
  readonly isClosing: () => boolean;
  /** Called once for each answer, when it is sent or its client is gone. */
  readonly ended: (reply: HttpReply) => void;
  /** Called when a client is cut off. */
  readonly cutOff: (reply: HttpReply, reason: string) => void;
}

/** For API answers: nothing is guessed, framed, cached or read by other sites. */
const SECURITY_HEADERS: readonly string[] = [
  'X-Content-Type-Options',
  'nosniff',
  'Content-Security-Policy',
  "default-src 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy',
  'same-origin',
];

/** The answer to one HTTP request. */
export class HttpReply implements Reply, WaitingAnswer {
  readonly request: IncomingMessage;
  readonly requestId: string;
  /** What the path led to; for metrics and logs. */
  route: RouteName = 'unknown';
  /** The status that was sent; 0 before. */
  status = 0;
  readonly #response: ServerResponse;
  readonly #surroundings: ReplySurroundings;
  readonly #closed: (() => void)[] = [];
  readonly #left: (() => void)[] = [];
  #origin: string | undefined;
  #awaitsContinue: boolean;
  #ended = false;
  #isWhole = false;
  #isGone = false;

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    requestId: string,
    surroundings: ReplySurroundings,
    awaitsContinue: boolean,
  ) {
    this.request = request;
    this.requestId = requestId;
    this.#response = response;
    this.#surroundings = surroundings;
    this.#awaitsContinue = awaitsContinue;
    // `writableFinished` is true as well where a connection broke with bytes left to send.
    response.prependListener('finish', () => {
      this.#isWhole = !request.socket.destroyed;
    });
    response.on('close', () => this.#close());
  }

  get over(): boolean {
    return this.#ended || this.#isGone;
  }

  /** Whether the first byte of the answer was handed over. */
  get begun(): boolean {
    return this.status !== 0;
  }

  /** Bytes that the client has not taken yet. */
  get waitingBytes(): number {
    return this.#response.writableLength;
  }

  /** Lets pages of this origin, which the config names, read the answer. */
  allowOrigin(origin: string): void {
    this.#origin = origin;
  }

  /** Asks a client that waits for it to send the body. */
  askForBody(): void {
    if (this.#awaitsContinue) this.#response.writeContinue();
    this.#awaitsContinue = false;
  }

  json(status: number, body: Uint8Array | string, headers?: ReplyHeaders): void {
    this.whole(status, 'application/json', body, headers);
  }

  /** Answers with one body of any type and ends. The body is left out where a HEAD asked. */
  whole(status: number, type: string, body: Uint8Array | string, headers?: ReplyHeaders): void {
    if (this.over || this.begun) return;
    const length = typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength;
    this.#head(status, ['Content-Type', type, 'Content-Length', String(length)], headers);
    this.#end(this.request.method === 'HEAD' ? undefined : body);
  }

  empty(status: number, headers?: ReplyHeaders): void {
    if (this.over || this.begun) return;
    this.#head(status, status === 204 ? [] : ['Content-Length', '0'], headers);
    this.#end(undefined);
  }

  stream(headers?: ReplyHeaders): EventStream {
    if (!this.over && !this.begun) {
      const own = ['Content-Type', 'text/event-stream', 'X-Accel-Buffering', 'no'];
      this.#head(200, own, headers);
    }
    const { waiting, comments } = this.#surroundings;
    const stream = new HttpEventStream(this, this.#response, waiting, () => this.#end(undefined));
    if (this.over) return stream;
    comments.add(stream);
    this.onClosed(() => comments.delete(stream));
    return stream;
  }

  /** Answers with an error; on MCP paths it has JSON-RPC's shape. */
  refuse(refusal: Refusal, headers?: ReplyHeaders): void {
    const isMcp = this.route === 'mcp' || this.route === 'sse' || this.route === 'messages';
    this.json(refusal.status, refusal.body ?? errorBody(refusal, isMcp), headers);
  }

  onLeft(listener: () => void): void {
    if (this.#isGone) listener();
    else this.#left.push(listener);
  }

  /** Called once when the answer is sent or its client is gone, whichever comes first. */
  onClosed(listener: () => void): void {
    if (this.#isGone) listener();
    else this.#closed.push(listener);
  }

  /** Ends an event stream that has begun; nothing else. */
  endStream(): void {
    if (this.begun) this.#end(undefined);
  }

  /** Ends the connection at once. */
  cutOff(reason: string): void {
    if (this.#isGone) return;
    this.#surroundings.cutOff(this, reason);
    this.request.socket.destroy();
  }

  #head(status: number, own: readonly string[], headers: ReplyHeaders | undefined): void {
    const fields = ['X-Request-Id', this.requestId, 'Cache-Control', 'no-store', ...SECURITY_HEADERS, ...own];
    if (this.#origin !== undefined) fields.push(...corsFields(this.#origin));
    if (headers !== undefined)
      for (const [name, value] of Object.entries(headers)) setField(fields, name, value);
    if (this.#surroundings.isClosing() || this.#leavesMuchUnread()) fields.push('Connection', 'close');
    this.status = status;
    this.#response.writeHead(status, fields);
  }

  #leavesMuchUnread(): boolean {
    const { request } = this;
    // A client that was not told to go on may send the body all the same, or a new request in its place.
    if (this.#awaitsContinue) return true;
    if (request.complete || !announcesBody(request)) return false;
    const stated = statedLength(request);
    return stated === undefined || stated > HTTP_SKIPPED_BODY_BYTES_MAX;
  }

  #end(body: Uint8Array | string | undefined): void {
    if (this.over) return;
    this.#ended = true;
    if (this.#leavesMuchUnread()) {
      if (body !== undefined) this.#response.write(body);
      dropBody(this.request, () => this.#response.end());
      return;
    }
    if (body instanceof Uint8Array && body.length <= ANSWER_JOINED_BYTES_MAX) {
      // As text of single bytes it leaves together with the head, in one cheap system call.
      this.#response.end(bufferOf(body).toString('latin1'), 'latin1');
    } else {
      this.#response.end(body);
    }
    if (this.#response.writableLength > 0) this.#surroundings.waiting.add(this);
  }

  #close(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#surroundings.waiting.delete(this);
    if (!this.#isWhole) for (const listener of this.#left) listener();
    for (const listener of this.#closed) listener();
    this.#surroundings.ended(this);
  }
}

function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** Headers for a page of an allowed origin. Credentials of the browser are not asked for: tokens are sent by hand. */
function corsFields(origin: string): string[] {
  return [
    'Access-Control-Allow-Origin',
    origin,
    'Vary',
    'Origin',
    'Access-Control-Expose-Headers',
    'Mcp-Session-Id, MCP-Protocol-Version, X-Request-Id, WWW-Authenticate, Retry-After',
  ];
}

/** Replaces a header of ours, so that none stands twice. */
function setField(fields: string[], name: string, value: string): void {
  const wanted = name.toLowerCase();
  for (let index = 0; index < fields.length; index += 2) {
    const field = fields[index] as string;
    if (field.length === wanted.length && field.toLowerCase() === wanted) {
      fields[index + 1] = value;
      return;
    }
  }
  fields.push(name, value);
}
