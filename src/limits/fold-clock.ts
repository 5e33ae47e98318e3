import { LEDGER_CLOCK_RECORDS } from '../platform/bounds.js';

/**
 * What time it is in the ledger, by its records alone: the earliest time that the last 64 records or
 * more state. One record from the future moves it nowhere, and a clock that is set right moves it back
 * at once, so that nothing is forgotten for the sake of a clock that was wrong for a few calls.
 */
export interface FoldClock {
  /** Earliest time of the last full run of LEDGER_CLOCK_RECORDS records; null before there is one. */
  previousMs: number | null;
  /** Earliest time of the run under way; null before its first record. */
  currentMs: number | null;
  /** Records of the run under way. */
  count: number;
}

export function createFoldClock(): FoldClock {
  return { previousMs: null, currentMs: null, count: 0 };
}

/** Takes note of a record's time. */
export function tick(clock: FoldClock, atMs: number): void {
  clock.currentMs = Math.min(clock.currentMs ?? atMs, atMs);
  clock.count += 1;
  if (clock.count < LEDGER_CLOCK_RECORDS) return;
  clock.previousMs = clock.currentMs;
  clock.currentMs = null;
  clock.count = 0;
}

/** The time that has passed for sure. */
export function passedMs({ previousMs, currentMs }: FoldClock): number {
  return previousMs === null ? Number.NEGATIVE_INFINITY : Math.min(previousMs, currentMs ?? previousMs);
}
