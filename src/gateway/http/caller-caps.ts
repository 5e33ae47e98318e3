/** Bounds on what is open at one time. */
export interface CapBounds {
  readonly exchangesMax: number;
  readonly callerCallsMax: number;
  readonly callerStreamsMax: number;
}

/** What an exchange counts as: a GET stream may stay for hours, a call ends. */
export type ExchangeKind = 'call' | 'stream';

/** Counts open exchanges by caller, so that one caller cannot use up what is there for all. */
export class CallerCaps {
  readonly #bounds: CapBounds;
  readonly #callers = new Map<string, { call: number; stream: number }>();
  #open = 0;

  constructor(bounds: CapBounds) {
    this.#bounds = bounds;
  }

  /** Exchanges that are open. */
  get open(): number {
    return this.#open;
  }

  /** Counts one more; says whose bound is reached where there is no room, and counts nothing then. */
  enter(key: string, kind: ExchangeKind): 'entered' | 'caller-full' | 'all-full' {
    const { exchangesMax, callerCallsMax, callerStreamsMax } = this.#bounds;
    if (this.#open >= exchangesMax) return 'all-full';
    const caller = this.#callers.get(key) ?? { call: 0, stream: 0 };
    if (caller[kind] >= (kind === 'call' ? callerCallsMax : callerStreamsMax)) return 'caller-full';
    caller[kind] += 1;
    this.#callers.set(key, caller);
    this.#open += 1;
    return 'entered';
  }

  /** Takes back one `enter`. */
  leave(key: string, kind: ExchangeKind): void {
    const caller = this.#callers.get(key);
    if (caller === undefined) return;
    caller[kind] -= 1;
    this.#open -= 1;
    if (caller.call + caller.stream === 0) this.#callers.delete(key);
  }
}
