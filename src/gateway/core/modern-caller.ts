import type { RpcId } from '../../jsonrpc/message.js';
import type { Caller } from './caller.js';
import type { ClientRequest } from './client-request.js';
import type { Hub } from './hub.js';
import type { Leg, LegEvents } from './leg.js';
import { isBelow } from './log-level.js';
import type { OpenExchanges } from './open-exchanges.js';
import type { Router } from './router.js';

/**
 * A verified agent that speaks the stateless era (2026-07-28): each request stands alone, and what
 * a server says belongs to one of them or to a `subscriptions/listen`.
 */
export class ModernCaller implements LegEvents {
  readonly #exchanges: OpenExchanges;
  readonly #router: Router;
  #caller: Caller | undefined;
  /** When the agent was last heard. */
  heardMs = 0;

  constructor(exchanges: OpenExchanges, router: Router) {
    this.#exchanges = exchanges;
    this.#router = router;
  }

  /** The caller whose legs speak here; set once, since each needs the other. */
  attach(caller: Caller): void {
    this.#caller = caller;
  }

  get caller(): Caller {
    // INVARIANT: a modern caller is attached before it is handed out.
    if (this.#caller === undefined) throw new Error('the modern caller has no caller');
    return this.#caller;
  }

  /** Whether an answer is still due. */
  get isBusy(): boolean {
    return Array.from(this.caller.legs).some((leg) => this.#exchanges.isBusy(leg));
  }

  request(request: ClientRequest, only: Hub | null): void {
    this.#router.route(this.caller, request, only);
  }

  /** The client of a request, which has this id of the gateway's, went away before its answer. */
  left(id: number): void {
    this.caller.cancel(id, 'the client disconnected');
  }

  asked(leg: Leg, id: RpcId): void {
    this.caller.refuseQuestion(leg, id);
  }

  notified(leg: Leg, method: string, line: Buffer): void {
    if (method !== 'notifications/message' || leg.tasks.told(line, false) === undefined) return;
    const exchange = this.#exchanges.newestOf(leg);
    if (exchange?.logLevel !== undefined && !isBelow(line, exchange.logLevel)) exchange.related(line);
  }

  /** The config changed, and with it what the lists may hold. */
  listsChanged(): void {
    for (const listen of this.caller.listens) listen.listsChanged();
  }

  /** Nothing of a server is kept here. */
  restarted(): void {}

  close(why: string): void {
    this.caller.close(why);
  }
}
