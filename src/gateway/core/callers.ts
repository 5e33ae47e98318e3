import { ERROR_CODES } from '../../jsonrpc/error-codes.js';
import type { Refusal } from '../../jsonrpc/message.js';
import type { McpExchange } from '../http/port.js';
import type { Principal } from '../identity/principal.js';
import type { SessionClient } from '../upstreams/connection.js';
import { answerError } from './answer-error.js';
import { Caller, type CallerFacts } from './caller.js';
import type { ClientRequest } from './client-request.js';
import { single } from './classify.js';
import type { CoreOptions } from './core.js';
import type { Hub } from './hub.js';
import type { LegEvents } from './leg.js';
import { LegacySession } from './legacy-session.js';
import { ModernCaller } from './modern-caller.js';
import { ReadGroup } from './read-group.js';
import { Router } from './router.js';
import { legacyClient, modernClient } from './session-client.js';
import type { Sessions } from './sessions.js';

export const SESSION_HEADER = 'mcp-session-id';
const NOT_FOUND = -32001;

/** Finds out which caller an exchange belongs to, and makes it where it is new. */
export class Callers {
  readonly #options: CoreOptions;
  readonly #sessions: Sessions;
  readonly #router: Router;
  readonly #group: ReadGroup;

  constructor(options: CoreOptions, sessions: Sessions) {
    this.#options = options;
    this.#sessions = sessions;
    const { hubs, names, clock, onDefect } = options;
    this.#group = new ReadGroup(onDefect);
    this.#router = new Router({
      hubs,
      names,
      clock,
      onDefect,
      unrouted: ({ facts }, { message, line, post }, detail) =>
        options.refused({
          reason: 'bad-params',
          detail,
          size: line.length,
          principal: facts.principal,
          method: message.method,
          rpcId: message.id,
          requestId: post.requestId,
        }),
    });
  }

  /** The session that `initialize` begins, or undefined once it was answered that none fits. */
  newSession(
    exchange: McpExchange,
    only: Hub | null,
    message: ClientRequest['message'] | undefined,
  ): LegacySession | undefined {
    const { principal } = exchange;
    if (!this.#sessions.hasRoomFor(principal.key)) {
      answerError(exchange, 503, ERROR_CODES.tooManyPending, 'guard: too many sessions are open', {
        'retry-after': '30',
      });
      return undefined;
    }
    const { exchanges, newHandle } = this.#options;
    const id = newHandle();
    const session = new LegacySession({
      id,
      principalKey: principal.key,
      only,
      exchanges,
      router: this.#router,
    });
    this.greet(session, principal, message);
    this.#sessions.add(session);
    return session;
  }

  /** Takes what a session's client said of itself; servers of its own are started with it. */
  greet(session: LegacySession, principal: Principal, message: ClientRequest['message'] | undefined): void {
    const facts: CallerFacts = { principal, session: session.id, era: 'legacy' };
    session.attach(this.#caller(facts, legacyClient(message?.params), session));
  }

  /** The session that the request names, or undefined once its absence was answered (2025-11-25, basic/transports). */
  session(exchange: McpExchange, only: Hub | null): LegacySession | undefined {
    const id = single(exchange.headers, SESSION_HEADER);
    const session = id === undefined ? undefined : this.#sessions.find(id, exchange.principal);
    if (session !== undefined && session.only === only) return session;
    const [status, code, detail] =
      id === undefined
        ? ([400, ERROR_CODES.invalidRequest, 'expected the header Mcp-Session-Id, or initialize'] as const)
        : ([404, NOT_FOUND, 'there is no such session'] as const);
    const { principal, requestId, body } = exchange;
    const nothing = { method: undefined, rpcId: null };
    this.#options.refused({
      reason: 'no-session',
      detail,
      size: body.length,
      principal,
      requestId,
      ...nothing,
    });
    answerError(exchange, status, code, `guard: ${detail}`);
    return undefined;
  }

  /** Has a body recorded that is no message. */
  refused(
    { principal, requestId, body }: McpExchange,
    { reason, detail, method, id: rpcId = null }: Refusal,
  ): void {
    this.#options.refused({ reason, detail, size: body.length, principal, method, rpcId, requestId });
  }

  /** The modern caller of an exchange. */
  modern(exchange: McpExchange, message: ClientRequest['message']): ModernCaller {
    return this.#sessions.modern(exchange.principal, () => this.#modernCaller(exchange, message));
  }

  #modernCaller({ principal }: McpExchange, message: ClientRequest['message']): ModernCaller {
    const caller = new ModernCaller(this.#options.exchanges, this.#router);
    const facts: CallerFacts = { principal, session: undefined, era: 'modern' };
    caller.attach(this.#caller(facts, modernClient(message.params), caller));
    return caller;
  }

  #caller(facts: CallerFacts, client: SessionClient, events: LegEvents): Caller {
    const {
      exchanges,
      names,
      openConversation,
      newHandle,
      scopeChallenge,
      clock,
      clientFrameBytesMax,
      serverFrameBytesMax,
    } = this.#options;
    return new Caller({
      facts,
      client,
      events,
      exchanges,
      tasks: names.tasks,
      group: this.#group,
      openConversation,
      newHandle,
      scopeChallenge,
      clock,
      clientFrameBytesMax,
      serverFrameBytesMax,
    });
  }
}
