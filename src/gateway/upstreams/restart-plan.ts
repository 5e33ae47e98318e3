import {
  UPSTREAM_BACKOFF_MS,
  UPSTREAM_BACKOFF_MS_MAX,
  UPSTREAM_BROKEN_MS,
  UPSTREAM_BROKEN_MS_MAX,
  UPSTREAM_FAILURES_MAX,
  UPSTREAM_FAILURES_MS,
} from '../../platform/bounds.js';

/** What follows a failure: a wait before the next start, or a longer one before a single trial. */
export interface Restart {
  readonly kind: 'waiting' | 'broken';
  readonly delayMs: number;
}

/**
 * When an upstream that failed is started again: after a wait that doubles, and when it failed
 * too often in too short a time, not before a longer break (a circuit breaker). The first start
 * after the break is a trial: if it fails too, the next break is twice as long.
 */
export class RestartPlan {
  readonly #random: () => number;
  #inRow = 0;
  #breaks = 0;
  #failures: number[] = [];

  /** `random` gives numbers from 0 up to, but without, 1. */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** A start failed, or a connection ended, at this time. */
  failed(nowMs: number): Restart {
    this.#failures = [...this.#failures.filter((at) => nowMs - at < UPSTREAM_FAILURES_MS), nowMs];
    if (this.#breaks > 0 || this.#failures.length >= UPSTREAM_FAILURES_MAX) {
      const delayMs = doubled(UPSTREAM_BROKEN_MS, this.#breaks, UPSTREAM_BROKEN_MS_MAX);
      this.#breaks += 1;
      return { kind: 'broken', delayMs: this.#jittered(delayMs) };
    }
    const delayMs = doubled(UPSTREAM_BACKOFF_MS, this.#inRow, UPSTREAM_BACKOFF_MS_MAX);
    this.#inRow += 1;
    return { kind: 'waiting', delayMs: this.#jittered(delayMs) };
  }

  /** A connection held long enough: what failed before it no longer counts. */
  held(): void {
    this.#inRow = 0;
    this.#breaks = 0;
    this.#failures = [];
  }

  /** Between half of the time and all of it, so that many upstreams of one host do not come back at once. */
  #jittered(delayMs: number): number {
    return Math.round(delayMs / 2 + (delayMs / 2) * this.#random());
  }
}

function doubled(firstMs: number, times: number, mostMs: number): number {
  return Math.min(mostMs, firstMs * 2 ** Math.min(times, 30));
}
