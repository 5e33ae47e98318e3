import { TIMER_MS_MAX } from './bounds.js';

/** Runs `action` after a time in milliseconds; returns how to call it off. Passed in, so that tests can hold time still. */
export type Schedule = (afterMs: number, action: () => void) => () => void;

/** The machine's timers; they keep no process alive. */
export const systemSchedule: Schedule = (afterMs, action) => {
  const timer = setTimeout(action, Math.min(afterMs, TIMER_MS_MAX)).unref();
  return () => clearTimeout(timer);
};
