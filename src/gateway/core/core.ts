import { ERROR_CODES } from '../../jsonrpc/error-codes.js';
import { ClientInspector } from '../../jsonrpc/inspect.js';
import type { Message, Refusal, RefusalReason, RpcId } from '../../jsonrpc/message.js';
import { errorFrame } from '../../jsonrpc/replies.js';
import { refusalFrame } from '../../conversation/refuse.js';
import { KNOWN_PARAMS } from '../../mcp/methods.js';
import { MODERN_REVISION } from '../../mcp/era.js';
import { GATEWAY_STREAM_AFTER_MS } from '../../platform/bounds.js';
import type { Clock } from '../../platform/clock.js';
import type { McpCore, McpExchange } from '../http/port.js';
import type { Principal } from '../identity/principal.js';
import { answerError, notAllowed } from './answer-error.js';
import { lineOfBody } from './body-line.js';
import type { OpenConversation, ScopeChallengeOf } from './caller.js';
import type { ClientRequest } from './client-request.js';
import { Callers, SESSION_HEADER } from './callers.js';
import { classify, single, type Classified } from './classify.js';
import type { Hub } from './hub.js';
import type { LearnedNames } from './lists.js';
import type { OpenExchanges } from './open-exchanges.js';
import { Patience } from './patience.js';
import { PostAnswer, type PostAnswerOptions } from './post-answer.js';
import { bare } from '../../jsonrpc/rewrite.js';
import { traceHeadersOf } from '../../platform/trace-context.js';
import { SseFace } from './sse-face.js';
import { Sessions } from './sessions.js';

/** A message that reached no conversation, for the audit log. */
export interface FrontRefusal {
  readonly reason: RefusalReason | 'no-session';
  readonly detail: string;
  readonly size: number;
  readonly principal: Principal;
  readonly method: string | undefined;
  /** The id of its JSON-RPC request; null where it has none, or none that can be read. */
  readonly rpcId: RpcId | null;
  /** The id of the HTTP request. */
  readonly requestId: string;
}

export interface CoreOptions {
  readonly hubs: () => readonly Hub[];
  readonly names: LearnedNames;
  readonly exchanges: OpenExchanges;
  readonly openConversation: OpenConversation;
  readonly refused: (refusal: FrontRefusal) => void;
  /** Told of a defect that was caught, so that one request's trouble stays its own. */
  readonly onDefect: (error: unknown) => void;
  readonly clock: Clock;
  /** How a caller is asked for more scopes; without it none is. */
  readonly scopeChallenge?: ScopeChallengeOf | undefined;
  /** A text that nobody can guess, of visible ASCII characters. */
  readonly newHandle: () => string;
  readonly clientFrameBytesMax: number;
  readonly serverFrameBytesMax: number;
}

const NOT_FOUND = -32001;

/** What is read from the body of a request. */
type ReadRequest = Pick<ClientRequest, 'message' | 'line' | 'idSpan'>;

/** Answers the exchanges of the MCP paths: reads the message, finds who talks, and has it routed. */
export class GatewayCore implements McpCore {
  readonly sessions: Sessions;
  readonly #options: CoreOptions;
  readonly #callers: Callers;
  readonly #sse: SseFace;
  readonly #patience: Patience;
  readonly #inspector = new ClientInspector(KNOWN_PARAMS);

  constructor(options: CoreOptions) {
    this.#options = options;
    this.sessions = new Sessions(options.clock);
    this.#callers = new Callers(options, this.sessions);
    this.#patience = new Patience(options.clock, GATEWAY_STREAM_AFTER_MS);
    this.#sse = new SseFace(this.#callers, this.sessions, this.#patience);
  }

  handleSse(exchange: McpExchange): void {
    const only = this.#onlyHub(exchange);
    if (only === undefined) return noServer(exchange);
    this.#sse.handle(exchange, only);
  }

  handle(exchange: McpExchange): void {
    const only = this.#onlyHub(exchange);
    if (only === undefined) return noServer(exchange);
    switch (exchange.method) {
      case 'POST':
        return this.#post(exchange, only);
      case 'GET':
        return this.#listen(exchange, only);
      case 'DELETE':
        return this.#end(exchange, only);
    }
  }

  /** Ends every session; the requests that are open are answered. */
  close(why: string): void {
    this.sessions.close(why);
    this.#patience.close();
  }

  #onlyHub({ upstream }: McpExchange): Hub | null | undefined {
    return upstream === null ? null : this.#options.hubs().find((hub) => hub.name === upstream);
  }

  #post(exchange: McpExchange, only: Hub | null): void {
    const line = lineOfBody(exchange.body);
    const message = this.#inspector.inspect(line, 0, line.length - 1);
    if (message.kind === 'refusal') return this.#refuse(exchange, message);
    const idSpan = this.#inspector.idSpan(line);
    const classified = classify(exchange.headers, message);
    if (classified.kind === 'refused') return this.#refuseEra(exchange, message, classified, line);
    const modern = classified.kind === 'modern';
    if (message.kind !== 'request') {
      if (!modern) return this.#legacyMessage(exchange, only, message, line);
      // A modern client cancels by closing its request; nothing else comes without an id.
      return exchange.reply.empty(202);
    }
    if (idSpan === undefined) return;
    if (modern) this.#modernRequest(exchange, only, { message, line, idSpan });
    else this.#legacyRequest(exchange, only, { message, line, idSpan });
  }

  #modernRequest(exchange: McpExchange, only: Hub | null, { message, line, idSpan }: ReadRequest): void {
    const { reply, headers } = exchange;
    const post = this.#answerTo(exchange, line.subarray(idSpan.start, idSpan.end), { modern: true });
    const caller = this.#callers.modern(exchange, message);
    const forwarded = (id: number): void => reply.onLeft(() => caller.left(id));
    caller.request({ message, line, idSpan, post, headers, forwarded }, only);
  }

  #legacyRequest(exchange: McpExchange, only: Hub | null, { message, line, idSpan }: ReadRequest): void {
    const session =
      message.method === 'initialize'
        ? this.#callers.newSession(exchange, only, message)
        : this.#callers.session(exchange, only);
    if (session === undefined) return;
    const post = this.#answerTo(exchange, line.subarray(idSpan.start, idSpan.end), {
      modern: false,
      headers: () => (this.sessions.has(session) ? { [SESSION_HEADER]: session.id } : {}),
      done: () => session.answered(message.id),
    });
    const ungreeted = (): void => {
      this.sessions.remove(session.id);
      session.close('the server cannot be reached');
    };
    const forwarded = (id: number): void => session.forwarded(message.id, id);
    session.request({ message, line, idSpan, post, headers: exchange.headers, ungreeted, forwarded });
  }

  #answerTo(
    { reply, requestId, headers, upstream }: McpExchange,
    id: Buffer,
    own: Pick<PostAnswerOptions, 'modern' | 'headers' | 'done'>,
  ): PostAnswer {
    return new PostAnswer({
      reply,
      patience: this.#patience,
      requestId,
      trace: traceHeadersOf(headers),
      upstream,
      id,
      modern: own.modern,
      headers: own.headers,
      done: own.done,
    });
  }

  #legacyMessage(
    exchange: McpExchange,
    only: Hub | null,
    message: Exclude<Message, { kind: 'request' }>,
    line: Buffer,
  ): void {
    const session = this.#callers.session(exchange, only);
    if (session === undefined) return;
    session.message(message, line);
    exchange.reply.empty(202);
  }

  #listen(exchange: McpExchange, only: Hub | null): void {
    const version = single(exchange.headers, 'mcp-protocol-version');
    if (version === MODERN_REVISION || single(exchange.headers, SESSION_HEADER) === undefined) {
      return notAllowed(exchange);
    }
    const session = this.#callers.session(exchange, only);
    if (session === undefined) return;
    if (!session.listen(exchange.reply)) {
      answerError(
        exchange,
        409,
        ERROR_CODES.invalidRequest,
        'guard: the stream of this session is open already',
      );
    }
  }

  #end(exchange: McpExchange, only: Hub | null): void {
    if (single(exchange.headers, SESSION_HEADER) === undefined) return notAllowed(exchange);
    const session = this.#callers.session(exchange, only);
    if (session === undefined) return;
    this.sessions.remove(session.id);
    session.close('the client ended the session');
    exchange.reply.empty(200);
  }

  #refuse(exchange: McpExchange, refusal: Refusal): void {
    this.#callers.refused(exchange, refusal);
    const frame = refusalFrame({ ...refusal, id: refusal.id ?? null });
    exchange.reply.json(400, frame === null ? '' : bare(frame));
  }

  #refuseEra(
    exchange: McpExchange,
    message: Message,
    refused: Extract<Classified, { kind: 'refused' }>,
    line: Buffer,
  ): void {
    const { principal, requestId } = exchange;
    const method = message.kind === 'response' ? undefined : message.method;
    const { status, code, message: detail, data } = refused;
    const rpcId = message.kind === 'notification' ? null : message.id;
    const size = line.length;
    this.#options.refused({ reason: 'bad-params', detail, size, principal, method, rpcId, requestId });
    exchange.reply.json(status, bare(errorFrame(rpcId, code, detail, data)));
  }
}

function noServer(exchange: McpExchange): void {
  answerError(exchange, 404, NOT_FOUND, `guard: there is no server "${exchange.upstream ?? ''}"`);
}
