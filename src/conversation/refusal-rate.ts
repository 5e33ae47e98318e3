import { REFUSAL_BURST_MAX, REFUSALS_PER_SECOND_MAX } from '../platform/bounds.js';

/**
 * Whether one more refusal may be answered at `nowMs`: a burst, then a steady rate. A peer that
 * sends garbage without end gets no answers without end.
 */
export class RefusalRate {
  #tokens = REFUSAL_BURST_MAX;
  #lastMs = Number.NEGATIVE_INFINITY;

  allows(nowMs: number): boolean {
    const elapsedMs = Math.max(0, nowMs - this.#lastMs);
    this.#lastMs = nowMs;
    this.#tokens = Math.min(REFUSAL_BURST_MAX, this.#tokens + (elapsedMs / 1000) * REFUSALS_PER_SECOND_MAX);
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
