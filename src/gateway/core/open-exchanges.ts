import type { RpcId } from '../../jsonrpc/message.js';
import type { JsonValue } from '../../platform/json.js';
import type { Origin } from '../../conversation/conversation.js';
import { PassingMap } from '../../platform/passing-map.js';
import type { TraceHeaders } from '../../platform/trace-context.js';
import type { AnswerFacts } from './post-answer.js';
import type { Leg } from './leg.js';

/** A request that is under way in the gateway, under an id that no other one has. */
export interface OpenExchange {
  readonly id: number;
  readonly leg: Leg;
  readonly method: string;
  /** The client's id as its JSON text. */
  readonly clientId: Buffer;
  /** Where it came from, as records name it. */
  readonly origin: Origin | undefined;
  /** Takes the answer: a whole line that carries the gateway's id. Called once. */
  answered(line: Buffer, facts: AnswerFacts): void;
  /** Takes a notification or a request of the server that belongs to it, with the client's own token in it. */
  related(line: Buffer): void;
  /** The client gave it up: no answer will come. */
  dropped(): void;
  /** Whether what belongs to it still reaches its client. */
  isHeard(): boolean;
  /** The level from which it asked for log messages, as each modern request does for itself. */
  readonly logLevel: string | undefined;
  /** The client's progress token as its JSON text; undefined where it gave none. */
  readonly token: Buffer | undefined;
}

/**
 * Every request that is under way, by the gateway's own id. Ids are mapped here once, at the face:
 * two clients with the same id, or the same progress token, never meet, and nothing below maps any.
 */
export class OpenExchanges {
  readonly #open = new PassingMap<number, OpenExchange>();
  /** The same by leg, oldest first. */
  readonly #byLeg = new Map<Leg, PassingMap<number, OpenExchange>>();
  readonly #reserved = new Map<number, Leg>();
  /** Requests that became tasks: their progress goes on when they are answered. */
  readonly #tokens = new Map<number, { readonly leg: Leg; readonly token: Buffer }>();
  #last = 0;

  /** An id that was never used in this process; it is the progress token toward the server, too. */
  nextId(): number {
    this.#last += 1;
    return this.#last;
  }

  /** An id for what a leg sends on its own: what comes back to it goes to that leg and to no client. */
  reserve(leg: Leg): number {
    const id = this.nextId();
    this.#reserved.set(id, leg);
    return id;
  }

  /** The leg to which what bears this id belongs. */
  legOf(id: RpcId): Leg | undefined {
    if (typeof id !== 'number') return undefined;
    return this.#open.get(id)?.leg ?? this.#reserved.get(id) ?? this.#tokens.get(id)?.leg;
  }

  /** A reserved id was answered: nothing more comes for it. */
  unreserve(id: RpcId): void {
    if (typeof id === 'number') this.#reserved.delete(id);
  }

  /** The request became a task: what it is told of its progress goes on under its client's token. */
  keepToken({ id, leg, token }: Pick<OpenExchange, 'id' | 'leg' | 'token'>): void {
    if (token !== undefined) this.#tokens.set(id, { leg, token });
  }

  /** The client's token of a request that became a task of this leg. */
  keptToken(id: JsonValue | undefined, leg: Leg): Buffer | undefined {
    const kept = typeof id === 'number' ? this.#tokens.get(id) : undefined;
    return kept?.leg === leg ? kept.token : undefined;
  }

  /** The task is forgotten, and its progress with it. */
  dropToken(id: number): void {
    this.#tokens.delete(id);
  }

  /** Forgets what a leg has reserved. */
  release(leg: Leg): void {
    for (const [id, owner] of this.#reserved) if (owner === leg) this.#reserved.delete(id);
    for (const [id, kept] of this.#tokens) if (kept.leg === leg) this.#tokens.delete(id);
    this.#byLeg.delete(leg);
  }

  get size(): number {
    return this.#open.size;
  }

  add(exchange: OpenExchange): void {
    this.#open.set(exchange.id, exchange);
    let own = this.#byLeg.get(exchange.leg);
    if (own === undefined) this.#byLeg.set(exchange.leg, (own = new PassingMap()));
    own.set(exchange.id, exchange);
  }

  get(id: RpcId): OpenExchange | undefined {
    return typeof id === 'number' ? this.#open.get(id) : undefined;
  }

  /** The trace that the HTTP request of a message belongs to. */
  traceOf(id: RpcId): TraceHeaders | undefined {
    const { traceparent, tracestate } = this.get(id)?.origin ?? {};
    if (traceparent === undefined) return undefined;
    return tracestate === undefined ? { traceparent } : { traceparent, tracestate };
  }

  take(id: RpcId): OpenExchange | undefined {
    const exchange = typeof id === 'number' ? this.#open.take(id) : undefined;
    if (exchange !== undefined) this.#byLeg.get(exchange.leg)?.take(exchange.id);
    return exchange;
  }

  /** Whether an answer to this leg is still due. */
  isBusy(leg: Leg): boolean {
    return (this.#byLeg.get(leg)?.size ?? 0) > 0;
  }

  /**
   * The newest request that this leg has open and whose client still listens: what has no relation
   * most likely belongs to it.
   */
  newestOf(leg: Leg): OpenExchange | undefined {
    let newest: OpenExchange | undefined;
    for (const exchange of this.#byLeg.get(leg)?.values() ?? []) if (exchange.isHeard()) newest = exchange;
    return newest;
  }

  /** Every request that this leg has open. */
  ofLeg(leg: Leg): OpenExchange[] {
    return [...(this.#byLeg.get(leg)?.values() ?? [])];
  }
}
