import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import {
  HTTP_BODY_BYTES_PER_SECOND_LEAST,
  HTTP_DRAIN_MS,
  HTTP_HEADER_BYTES_MAX,
} from '../../platform/bounds.js';
import type { MeteredNow } from '../operate/gateway-metrics.js';
import { CallerCaps } from './caller-caps.js';
import { Door } from '../../platform/http/door-check.js';
import { DEFAULT_BOUNDS } from './default-bounds.js';
import { listen, type HttpAddress } from '../../platform/http/listen.js';
import { answerRaw, malformedRefusal } from './malformed.js';
import type { HttpBounds, HttpServerOptions } from './options.js';
import { BodyRoom } from '../../platform/http/read-body.js';
import { Refusals } from './refusals.js';
import { HttpReply, type ReplySurroundings } from './reply.js';
import { requestIdOf } from './request-id.js';
import { dispatch, type DispatchParts } from './dispatch.js';
import { StreamComments } from './stream-comments.js';
import { WaitingAnswers } from './waiting-answers.js';

/** What is known of a connection. */
interface OpenConnection {
  /** Its last answer, while that is open. */
  answering: HttpReply | undefined;
}

/**
 * The HTTP face of the gateway: guards at the door, routes, bounds, and the answers of the core as
 * HTTP. It knows nothing of MCP but its paths. Nothing is listened to before `start`.
 */
export class HttpServer {
  readonly #options: HttpServerOptions;
  readonly #bounds: HttpBounds;
  readonly #server: http.Server;
  readonly #caps: CallerCaps;
  readonly #comments: StreamComments;
  readonly #refusals: Refusals;
  readonly #dispatch: DispatchParts;
  readonly #surroundings: ReplySurroundings;
  readonly #connections = new Map<Socket, OpenConnection>();
  #isClosing = false;
  #closed: Promise<void> | undefined;

  constructor(options: HttpServerOptions) {
    this.#options = options;
    this.#bounds = { ...DEFAULT_BOUNDS, ...options.bounds };
    this.#caps = new CallerCaps(this.#bounds);
    this.#comments = new StreamComments(this.#bounds.streamCommentMs);
    this.#refusals = new Refusals(options);
    this.#surroundings = {
      waiting: new WaitingAnswers(this.#bounds.answersWaitingBytesMax),
      comments: this.#comments,
      isClosing: () => this.#isClosing,
      ended: (reply) => this.#ended(reply),
      cutOff: (reply, reason) => this.#cutOff(reply, reason),
    };
    this.#dispatch = {
      ...options,
      door: new Door(options),
      caps: this.#caps,
      room: new BodyRoom(this.#bounds.bodiesBytesMax),
      isClosing: () => this.#isClosing,
      refuse: (reply, refusal, headers) => this.#refusals.refuse(reply, refusal, headers),
    };
    this.#server = this.#makeServer();
  }

  /** What is open now. */
  get now(): MeteredNow {
    return { connections: this.#connections.size, exchanges: this.#caps.open, streams: this.#comments.open };
  }

  /** Whether `beginClosing` was called. */
  get isClosing(): boolean {
    return this.#isClosing;
  }

  /** Begins to listen. Throws GuardError `address-unusable` where the address is taken or not allowed. */
  async start(): Promise<HttpAddress> {
    return listen(this.#server, this.#options);
  }

  /** Takes no new connection and no new call from now on; `/readyz` says so. Safe to call twice. */
  beginClosing(): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    if (this.#server.listening) this.#server.close();
    // Those that sent nothing yet too, which Node does not count as idle.
    for (const [socket, { answering }] of this.#connections) {
      if (answering === undefined) socket.destroySoon();
      // A listening stream has no end of its own, and its client comes again.
      else if (answering.request.method === 'GET') answering.endStream();
    }
  }

  /**
   * Lets open exchanges finish for at most `graceMs`, then cuts the rest; resolves when no connection
   * is left. Safe to call twice, and before `start`.
   */
  close(graceMs = HTTP_DRAIN_MS): Promise<void> {
    this.beginClosing();
    this.#closed ??= new Promise((resolve) => {
      const cut = setTimeout(() => this.#server.closeAllConnections(), graceMs);
      const look = (): void => {
        if (this.#connections.size > 0) return;
        clearTimeout(cut);
        this.#onConnectionGone = undefined;
        this.#refusals.settle();
        resolve();
      };
      this.#onConnectionGone = look;
      look();
    });
    return this.#closed;
  }

  #onConnectionGone: (() => void) | undefined;

  #makeServer(): http.Server {
    const { headersMs, requestMs, timeoutCheckMs, idleMs, stallMs, connectionsMax } = this.#bounds;
    const server = http.createServer({
      maxHeaderSize: HTTP_HEADER_BYTES_MAX,
      headersTimeout: headersMs,
      requestTimeout:
        requestMs + Math.ceil((this.#options.bodyBytesMax / HTTP_BODY_BYTES_PER_SECOND_LEAST) * 1000),
      connectionsCheckingInterval: timeoutCheckMs,
      keepAliveTimeout: idleMs,
      // A client that vanished without a word is noticed by the system's own probes.
      keepAlive: true,
      keepAliveInitialDelay: idleMs,
      insecureHTTPParser: false,
    });
    // Headers above a count would be left out silently, a guard's among them: the door counts them.
    server.maxHeadersCount = 0;
    server.maxConnections = connectionsMax;
    server.timeout = stallMs;
    server.on('connection', (socket: Socket) => this.#connected(socket));
    server.on('request', (request, response) => this.#serve(request, response, false));
    server.on('checkContinue', (request, response) => this.#serve(request, response, true));
    server.on('clientError', (error, socket) => this.#malformed(error, socket as Socket));
    server.on('timeout', (socket: Socket) => this.#idle(socket));
    server.on('drop', () => this.#refusals.dropped());
    return server;
  }

  #connected(socket: Socket): void {
    this.#connections.set(socket, { answering: undefined });
    socket.on('close', () => {
      this.#connections.delete(socket);
      this.#onConnectionGone?.();
    });
  }

  #serve(request: IncomingMessage, response: ServerResponse, awaitsContinue: boolean): void {
    const id = requestIdOf(request.headers['x-request-id']);
    const reply = new HttpReply(request, response, id, this.#surroundings, awaitsContinue);
    const connection = this.#connections.get(request.socket);
    if (connection !== undefined) connection.answering = reply;
    dispatch(reply, this.#dispatch);
  }

  #malformed(error: Error, socket: Socket): void {
    const refusal = malformedRefusal(error);
    const open = this.#connections.get(socket)?.answering;
    // What is already on its way to the client must not be followed by anything else.
    if (open?.begun === true && open.over) {
      socket.destroySoon();
      return;
    }
    if (refusal === undefined || !socket.writable || open?.begun === true) {
      socket.destroy();
      return;
    }
    const requestId = open?.requestId ?? requestIdOf(undefined);
    this.#refusals.tell({ requestId, refusal, remote: socket.remoteAddress ?? '' });
    answerRaw(socket, refusal, requestId);
  }

  /** Nothing has moved on a connection for a time. */
  #idle(socket: Socket): void {
    const open = this.#connections.get(socket)?.answering;
    if (open === undefined) socket.destroy();
    else if (socket.writableLength > 0) open.cutOff('it does not read its answer');
  }

  #ended(reply: HttpReply): void {
    const { socket } = reply.request;
    const connection = this.#connections.get(socket);
    if (connection?.answering === reply) {
      connection.answering = undefined;
      // An answer that began before the end could not say that its connection ends with it.
      if (this.#isClosing) socket.destroySoon();
    }
    this.#options.metrics.httpRequest(reply.route, reply.status);
    const { log } = this.#options;
    if (log.isEnabled('debug')) {
      const { requestId, route, status } = reply;
      log.write('debug', 'request', { request_id: requestId, method: reply.request.method, route, status });
    }
  }

  #cutOff({ requestId, request }: HttpReply, reason: string): void {
    this.#options.metrics.cutOff();
    const remote = request.socket.remoteAddress;
    this.#options.log.write('warn', 'client cut off', { request_id: requestId, reason, remote });
  }
}
