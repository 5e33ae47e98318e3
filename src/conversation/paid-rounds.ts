import { canonicalBytes } from '../jsonrpc/canonical-bytes.js';
import { withoutMembers } from '../jsonrpc/splice.js';
import type { Charge } from '../pipeline/ruling.js';
import { PAID_ROUND_MS_MAX, PAID_ROUNDS_MAX } from '../platform/bounds.js';
import { isJsonObject, member, type JsonObject } from '../platform/json.js';
import { textDigest } from '../platform/text-digest.js';

interface PaidRound {
  readonly charge: Charge;
  readonly sinceMs: number;
}

/** What a retry may differ in from the call that it continues (2026-07-28, basic/patterns/mrtr). */
const ROUND_MEMBERS = ['_meta', 'inputResponses', 'requestState'];

/**
 * Calls that their server interrupted to ask for input. What such a call has drawn counts for the one
 * retry that continues it, so that a call with questions costs as much as one without. Only what
 * guard saw the server ask is here: a retry that claims anything else is a call of its own.
 */
export class PaidRounds {
  readonly #rounds = new Map<string, PaidRound>();
  readonly #settle: (charge: Charge) => void;
  readonly #nowMs: () => number;

  /** `settle` ends what no retry will continue; `nowMs` is monotonic. */
  constructor(settle: (charge: Charge) => void, nowMs: () => number) {
    this.#settle = settle;
    this.#nowMs = nowMs;
  }

  /** Keeps what a call has drawn that has to come back. */
  keep(key: string, charge: Charge): void {
    this.#end(key);
    this.#rounds.set(key, { charge, sinceMs: this.#nowMs() });
    const [oldest] = this.#rounds.keys();
    if (this.#rounds.size > PAID_ROUNDS_MAX && oldest !== undefined) this.#end(oldest);
  }

  /** What the call that this retry continues has drawn. */
  find(key: string): Charge | undefined {
    this.expire();
    return this.#rounds.get(key)?.charge;
  }

  /** The retry goes on to the server: nothing else continues the same round. */
  take(key: string): void {
    this.#rounds.delete(key);
  }

  /** Ends the rounds that nobody came back to in time; all of them where the session is over. */
  expire(isOver = false): void {
    const firstMs = this.#nowMs() - PAID_ROUND_MS_MAX;
    for (const [key, { sinceMs }] of this.#rounds) if (isOver || sinceMs <= firstMs) this.#end(key);
  }

  #end(key: string): void {
    const round = this.#rounds.get(key);
    if (round === undefined) return;
    this.#rounds.delete(key);
    this.#settle(round.charge);
  }
}

/** Names a call by everything that its retry must repeat. `params` are its bytes as they came. */
export function callKey(method: string, params: Uint8Array): string {
  return textDigest(`${method} ${canonicalBytes(withoutMembers(Buffer.from(params), [], ROUND_MEMBERS))}`);
}

/** Names the round of a call: what its server answered, or what its retry brings back. */
export function roundKey(call: string, state: string | undefined): string {
  return state === undefined ? call : `${call} ${textDigest(state)}`;
}

/** Whether these params continue a call, and with which state; null where they do not, or in no form that is known. */
export function continuedState(
  params: JsonObject | undefined,
): { readonly state: string | undefined } | null {
  if (params === undefined) return null;
  const state = member(params, 'requestState');
  if (state === undefined) return isJsonObject(member(params, 'inputResponses')) ? { state } : null;
  return typeof state === 'string' ? { state } : null;
}
