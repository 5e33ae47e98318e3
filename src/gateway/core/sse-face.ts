import { ERROR_CODES } from '../../jsonrpc/error-codes.js';
import { ClientInspector } from '../../jsonrpc/inspect.js';
import { bare } from '../../jsonrpc/rewrite.js';
import { KNOWN_PARAMS } from '../../mcp/methods.js';
import type { EventStream, McpExchange, Reply } from '../http/port.js';
import { answerError } from './answer-error.js';
import { lineOfBody } from './body-line.js';
import type { Callers } from './callers.js';
import type { Hub } from './hub.js';
import type { LegacySession } from './legacy-session.js';
import type { Patience } from './patience.js';
import { PostAnswer } from './post-answer.js';
import type { Sessions } from './sessions.js';

const NOT_FOUND = -32001;

/**
 * The transport of 2024-11-05: one stream for everything that guard says, and a path to post to whose
 * answers come on that stream. Only where `listen.legacy_sse` asks for it.
 */
export class SseFace {
  readonly #callers: Callers;
  readonly #sessions: Sessions;
  readonly #patience: Patience;
  readonly #inspector = new ClientInspector(KNOWN_PARAMS);

  constructor(callers: Callers, sessions: Sessions, patience: Patience) {
    this.#callers = callers;
    this.#sessions = sessions;
    this.#patience = patience;
  }

  /** `only` is the server of the path; null where it has all. */
  handle(exchange: McpExchange, only: Hub | null): void {
    if (exchange.method === 'GET') this.#open(exchange, only);
    else this.#post(exchange);
  }

  #open(exchange: McpExchange, only: Hub | null): void {
    const session = this.#callers.newSession(exchange, only, undefined);
    if (session === undefined) return;
    session.listen(exchange.reply, {
      name: 'endpoint',
      data: `/messages${only === null ? '' : `/${only.name}`}?sessionId=${session.id}`,
    });
    exchange.reply.onLeft(() => {
      this.#sessions.remove(session.id);
      session.close('the client closed its stream');
    });
  }

  #post(exchange: McpExchange): void {
    const id = new URLSearchParams(exchange.query).get('sessionId') ?? '';
    const session = this.#sessions.find(id, exchange.principal);
    if (session === undefined)
      return answerError(exchange, 404, NOT_FOUND, 'guard: there is no such session');
    const line = lineOfBody(exchange.body);
    const message = this.#inspector.inspect(line, 0, line.length - 1);
    if (message.kind === 'refusal') {
      this.#callers.refused(exchange, message);
      return answerError(exchange, 400, ERROR_CODES.invalidRequest, `guard: ${message.detail}`);
    }
    exchange.reply.empty(202);
    if (message.kind !== 'request') return session.message(message, line);
    const idSpan = this.#inspector.idSpan(line);
    if (idSpan === undefined) return;
    if (message.method === 'initialize') this.#callers.greet(session, exchange.principal, message);
    const post = new PostAnswer({
      reply: streamReply(session),
      patience: this.#patience,
      requestId: exchange.requestId,
      upstream: exchange.upstream,
      id: line.subarray(idSpan.start, idSpan.end),
      modern: false,
      done: () => session.answered(message.id),
    });
    const forwarded = (own: number): void => session.forwarded(message.id, own);
    session.request({ message, line, idSpan, post, headers: exchange.headers, forwarded });
  }
}

/** An answer that goes to the session's stream, which stays open after it. */
function streamReply(session: LegacySession): Reply {
  const stream: EventStream = {
    send: (line) => session.tell(Buffer.concat([line, LF])),
    end: () => undefined,
  };
  return {
    get over() {
      return false;
    },
    json: (_status, body) => session.tell(Buffer.concat([bare(Buffer.from(body)), LF])),
    empty: () => undefined,
    stream: () => stream,
    onLeft: () => undefined,
  };
}

const LF = Buffer.from('\n');
