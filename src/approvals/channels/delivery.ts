import { randomInt } from 'node:crypto';
import { DELIVERY_TRIES_MAX, DELIVERY_WAIT_MS, DELIVERY_WAIT_MS_MAX } from '../../platform/bounds.js';
import type { Schedule } from '../../platform/schedule.js';

/** How one try went. */
export type Attempt<Value> =
  | { readonly kind: 'delivered'; readonly value: Value }
  /** Trouble that may pass; `afterMs` is how long the receiver asks to be left alone. */
  | { readonly kind: 'again'; readonly why: string; readonly afterMs?: number }
  /** Trouble that stays. */
  | { readonly kind: 'failed'; readonly why: string };

/** What became of a delivery. */
export type Delivery<Value> = Exclude<Attempt<Value>, { kind: 'again' }>;

export interface DeliveryTerms {
  readonly schedule: Schedule;
  /** Aborted when the delivery is not wanted any more. */
  readonly signal: AbortSignal;
  /** A whole number from 0 to below its argument; the machine's own randomness by default. */
  readonly random?: (below: number) => number;
}

/**
 * Tries at most DELIVERY_TRIES_MAX times. The waits double, and half of each is random, so that
 * many guards do not come back at once. Never rejects, unless `attempt` does.
 */
export async function deliver<Value>(
  attempt: () => Promise<Attempt<Value>>,
  { schedule, signal, random = randomInt }: DeliveryTerms,
): Promise<Delivery<Value>> {
  for (let tries = 1; ; tries += 1) {
    if (signal.aborted) return CALLED_OFF;
    const tried = await attempt();
    if (tried.kind !== 'again') return tried;
    const { why, afterMs = 0 } = tried;
    if (tries >= DELIVERY_TRIES_MAX) return { kind: 'failed', why: `${why}, ${tries} times` };
    if (afterMs > DELIVERY_WAIT_MS_MAX) return { kind: 'failed', why: `${why}, for ${afterMs / 1000} s` };
    const waitMs = Math.min(DELIVERY_WAIT_MS * 2 ** (tries - 1), DELIVERY_WAIT_MS_MAX);
    await passed(schedule, Math.max(afterMs, waitMs / 2 + random(Math.ceil(waitMs / 2))), signal);
  }
}

const CALLED_OFF = { kind: 'failed', why: 'it was called off' } as const;

/** Resolves when the time has passed, or at once when the signal is aborted. */
export function passed(schedule: Schedule, afterMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const callOff = schedule(afterMs, () => {
      signal.removeEventListener('abort', end);
      resolve();
    });
    const end = (): void => {
      callOff();
      resolve();
    };
    signal.addEventListener('abort', end, { once: true });
  });
}
