import { ERROR_CODES } from '../../jsonrpc/error-codes.js';
import type { Origin } from '../../conversation/conversation.js';
import { errorFrame, requestFrame } from '../../jsonrpc/replies.js';
import type { RpcId } from '../../jsonrpc/message.js';
import type { JsonObject } from '../../platform/json.js';
import type { Clock } from '../../platform/clock.js';
import type { Principal } from '../identity/principal.js';
import type { Era, ServerFacts, SessionClient } from '../upstreams/connection.js';
import { tokenSpan } from './classify.js';
import type { ClientRequest } from './client-request.js';
import { ForwardedRequest } from './forwarded-request.js';
import type { Hub } from './hub.js';
import { LegTasks } from './leg-tasks.js';
import { taskPlaceOf } from './task-place.js';
import { Leg, type LegEvents, type OpenedConversation } from './leg.js';
import type { OpenExchange, OpenExchanges } from './open-exchanges.js';
import type { TaskRoutes } from '../merge/task-routes.js';
import { missingScopesOf } from './denied-scopes.js';
import type { PostAnswer, ScopeChallenge } from './post-answer.js';
import type { ReadGroup } from './read-group.js';
import { renumbered, rewrittenRequest, type NameChange } from '../../jsonrpc/rewrite.js';

/** Opens the conversation of a caller with one server: the host knows policy, audit and approvals. */
export type OpenConversation = (hub: Hub, caller: CallerFacts) => OpenedConversation;

/** How a caller of the path of one server, or of all, is asked for these scopes. */
export type ScopeChallengeOf = (scopes: readonly string[], upstream: string | null) => ScopeChallenge;

/** What records and rules know of a caller. */
export interface CallerFacts {
  /** As the newest request's token says it; its key never changes. */
  principal: Principal;
  /** The id of a legacy session; undefined for modern requests, which have none. */
  readonly session: string | undefined;
  readonly era: Era;
}

export interface CallerOptions {
  readonly facts: CallerFacts;
  readonly client: SessionClient;
  readonly events: LegEvents;
  readonly exchanges: OpenExchanges;
  readonly tasks: TaskRoutes;
  readonly group: ReadGroup;
  readonly openConversation: OpenConversation;
  readonly newHandle: () => string;
  /** How a caller is asked for more scopes; without it none is. */
  readonly scopeChallenge?: ScopeChallengeOf | undefined;
  readonly clock: Clock;
  readonly clientFrameBytesMax: number;
  readonly serverFrameBytesMax: number;
}

/** Who hears what comes back to a request of the gateway's own. */
export type Hearing = Pick<OpenExchange, 'clientId' | 'answered' | 'related' | 'dropped'>;

/** A subscription that is told when the config changes what the lists may hold. */
export interface Listen {
  listsChanged(): void;
}

const NO_ID = Buffer.from('null');
const NO_TOKEN = undefined;

/** Who talks to the gateway, a session or a verified agent, with a leg to each server that it uses. */
export class Caller {
  readonly #options: CallerOptions;
  readonly #legs = new Map<Hub, Leg>();
  /** What a client is told at the HTTP door whose call policy denied because its token lacks scopes. */
  readonly #challenge = (post: PostAnswer, answer: Buffer): ScopeChallenge | undefined => {
    const { scopeChallenge, facts } = this.#options;
    if (scopeChallenge === undefined || facts.principal.agent === undefined) return undefined;
    const scopes = missingScopesOf(answer);
    return scopes.length === 0 ? undefined : scopeChallenge(scopes, post.upstream);
  };
  /** Subscriptions to all servers that are open. */
  readonly listens = new Set<Listen>();

  constructor(options: CallerOptions) {
    this.#options = options;
  }

  get facts(): CallerFacts {
    return this.#options.facts;
  }

  get legs(): Iterable<Leg> {
    return this.#legs.values();
  }

  /** The leg to a server, opened with its first use. */
  legTo(hub: Hub): Leg {
    const known = this.#legs.get(hub);
    if (known !== undefined) return known;
    const { facts, client, events, exchanges, group, openConversation } = this.#options;
    const { tasks, clientFrameBytesMax, serverFrameBytesMax, newHandle, clock } = this.#options;
    const leg = new Leg({
      era: facts.era,
      opened: openConversation(hub, facts),
      exchanges,
      group,
      events,
      send: (from, lines) => hub.send(from, lines),
      sendAsIs: (from, line) => hub.sendAsIs(from, line),
      tasks: new LegTasks(tasks, taskPlaceOf(hub, facts), hub.isShared),
      client,
      newHandle,
      clock,
      clientFrameBytesMax,
      serverFrameBytesMax,
    });
    this.#legs.set(hub, leg);
    hub.attach(leg, client);
    return leg;
  }

  /** What a server said of itself to this caller; rejects where it cannot be reached. */
  serverFacts(hub: Hub): Promise<ServerFacts> {
    return hub.facts(this.legTo(hub));
  }

  /** Sends a request on, under an id of the gateway's. */
  forward(hub: Hub, request: ClientRequest, name?: NameChange): void {
    const { exchanges } = this.#options;
    const { message, line, idSpan, post } = request;
    const leg = this.legTo(hub);
    const token = tokenSpan(message.params, line);
    const origin = post.originOf(message.id);
    const challenge = this.#challenge;
    const forwarded = new ForwardedRequest({ leg, request, origin, token, exchanges, challenge });
    exchanges.add(forwarded);
    request.forwarded(forwarded.id);
    const changes = { id: { span: idSpan, value: forwarded.id }, token, name };
    const rewritten = rewrittenRequest(line, changes);
    const known =
      token === undefined && name === undefined
        ? renumbered(message, changes.id, rewritten.length - line.length)
        : undefined;
    leg.fromClient(rewritten, origin, known);
  }

  /** Has the conversation with a server take part in a handshake that the gateway answers itself. */
  greeted(hub: Hub, { message, line, idSpan, post }: ClientRequest, result: JsonObject): void {
    const origin = post.originOf(message.id);
    const id = this.#options.exchanges.nextId();
    const request = rewrittenRequest(line, { id: { span: idSpan, value: id }, token: NO_TOKEN });
    this.legTo(hub).answeredHere(request, id, result, origin);
  }

  /** Sends a request of the gateway's own in the caller's name; returns its id. */
  start(hub: Hub, method: string, params: JsonObject, origin: Origin | undefined, hearing: Hearing): number {
    const { exchanges } = this.#options;
    const leg = this.legTo(hub);
    const id = exchanges.nextId();
    exchanges.add({
      id,
      leg,
      method,
      origin,
      isHeard: () => true,
      logLevel: undefined,
      token: NO_TOKEN,
      ...hearing,
    });
    leg.fromClient(requestFrame(id, method, params), origin);
    return id;
  }

  /** Sends a request of the gateway's own in the caller's name; resolves with the line of the answer. */
  ask(hub: Hub, method: string, params: JsonObject, origin?: Origin): Promise<Buffer> {
    return new Promise((resolve) => {
      const hearing = {
        clientId: NO_ID,
        answered: resolve,
        related: () => undefined,
        dropped: () => undefined,
      };
      this.start(hub, method, params, origin, hearing);
    });
  }

  /** The client gave a request up, or went away while it waited. */
  cancel(id: number, reason: string | undefined): void {
    const exchange = this.#options.exchanges.take(id);
    exchange?.leg.cancel(id, reason);
    exchange?.dropped();
  }

  /** Tells the server that a question of its cannot be put to this client. */
  refuseQuestion(leg: Leg, id: RpcId): void {
    leg.fromClient(errorFrame(id, ERROR_CODES.methodNotFound, 'guard: this client takes no requests'));
  }

  /** The server is gone from the config. */
  leave(hub: Hub, why: string): void {
    const leg = this.#legs.get(hub);
    if (leg === undefined) return;
    this.#legs.delete(hub);
    leg.close(why);
    hub.detach(leg);
  }

  close(why: string): void {
    for (const hub of this.#legs.keys()) this.leave(hub, why);
  }
}
