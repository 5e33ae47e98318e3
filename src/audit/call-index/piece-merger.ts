import { TAIL_OPEN_CALLS_MAX } from '../../platform/bounds.js';
import type { CallCounter, CountedCall } from '../call-stats.js';
import { joinCounted } from '../counted-record.js';
import type { TimeSpan } from '../segment-times.js';
import type { Piece } from './piece.js';

/**
 * Counts the calls of pieces that come in the order of the log, as reading all of it in one go would:
 * each call once, by its decision's time. At most TAIL_OPEN_CALLS_MAX decisions wait for an outcome in
 * a later piece; beyond, the oldest count as unanswered.
 */
export class PieceMerger {
  readonly #counter: CallCounter;
  readonly #open = new Map<string, CountedCall>();
  readonly #isAsked: (atMs: number) => boolean;

  constructor(counter: CallCounter, { sinceMs, untilMs }: TimeSpan) {
    this.#counter = counter;
    const isTimed = sinceMs !== undefined || untilMs !== undefined;
    const [from, to] = [sinceMs ?? Number.NEGATIVE_INFINITY, untilMs ?? Number.POSITIVE_INFINITY];
    this.#isAsked = isTimed ? (atMs) => atMs >= from && atMs < to : () => true;
  }

  add({ calls, others, outcomes, again, open }: Piece): void {
    for (const { key, call } of outcomes) {
      const decision = this.#open.get(key);
      this.#open.delete(key);
      this.#count(decision === undefined ? call : joinCounted(decision, call));
    }
    for (const key of again) this.#open.delete(key);
    for (const call of calls) this.#count(call);
    for (const { key, call } of open) {
      this.#open.delete(key);
      this.#open.set(key, call);
    }
    this.#giveUpOldest();
    for (const { type, atMs } of others) if (this.#isAsked(atMs)) this.#counter.addOther(type);
  }

  /** No more pieces will come: what is open has no outcome. */
  end(): void {
    for (const call of this.#open.values()) this.#count(call);
    this.#open.clear();
  }

  #count(call: CountedCall): void {
    if (this.#isAsked(call.atMs)) this.#counter.add(call);
  }

  #giveUpOldest(): void {
    for (const [key, call] of this.#open) {
      if (this.#open.size <= TAIL_OPEN_CALLS_MAX) return;
      this.#open.delete(key);
      this.#count(call);
    }
  }
}
