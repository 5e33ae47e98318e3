import type { Clock } from '../../src/platform/clock.js';
import type { Schedule } from '../../src/platform/schedule.js';

/** A clock that a test moves, and what is planned on it. */
export interface HeldTime {
  readonly clock: Clock;
  readonly schedule: Schedule;
  /** Moves on, and runs what falls due on the way, in its order. */
  pass(ms: number): void;
  /** Moves on without anything being run: the process was busy. */
  lag(ms: number): void;
  /** Sets the wall clock off against the one that does not jump. */
  jump(ms: number): void;
  /** How much is planned. */
  planned(): number;
}

const START_MS = Date.parse('2026-11-22T08:00:00.000Z');

export function heldTime(): HeldTime {
  let nowMs = 1000;
  let offsetMs = START_MS - nowMs;
  const plans = new Set<{ readonly atMs: number; readonly action: () => void }>();
  const wallMs = (): number => nowMs + offsetMs;
  return {
    clock: { wallMs, monotonicMs: () => nowMs, timestamp: () => new Date(wallMs()).toISOString() },
    schedule(afterMs, action) {
      const plan = { atMs: nowMs + afterMs, action };
      plans.add(plan);
      return () => void plans.delete(plan);
    },
    pass(ms) {
      const endMs = nowMs + ms;
      for (;;) {
        const [next] = [...plans].filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs);
        if (next === undefined) break;
        plans.delete(next);
        nowMs = Math.max(nowMs, next.atMs);
        next.action();
      }
      nowMs = endMs;
    },
    lag: (ms) => void (nowMs += ms),
    jump: (ms) => void (offsetMs += ms),
    planned: () => plans.size,
  };
}
