import { UPSTREAM_SESSIONS_MAX, UPSTREAM_SESSIONS_TOTAL_MAX } from '../../platform/bounds.js';

/** Counts the connections that serve one session each, over all upstreams. */
export class SessionSlots {
  readonly #taken = new Map<string, number>();
  #total = 0;

  /** Takes a place for the upstream; returns how to give it back, once, or null where none is left. */
  take(name: string): (() => void) | null {
    const taken = this.#taken.get(name) ?? 0;
    if (taken >= UPSTREAM_SESSIONS_MAX || this.#total >= UPSTREAM_SESSIONS_TOTAL_MAX) return null;
    this.#taken.set(name, taken + 1);
    this.#total += 1;
    let given = false;
    return () => {
      if (given) return;
      given = true;
      this.#total -= 1;
      const left = (this.#taken.get(name) ?? 1) - 1;
      if (left === 0) this.#taken.delete(name);
      else this.#taken.set(name, left);
    };
  }
}
