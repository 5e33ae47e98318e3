import { UPSTREAM_PATIENCE_MS } from '../../platform/bounds.js';
import type { Clock } from '../../platform/clock.js';
import type { Schedule } from '../../platform/schedule.js';
import { RestartPlan, type Restart } from './restart-plan.js';

export interface RestartTimerOptions {
  readonly clock: Clock;
  readonly schedule: Schedule;
  /** Numbers from 0 up to, but without, 1. */
  readonly random: () => number;
  /** It is time to start again; whoever waits for that goes on afterwards. */
  readonly onDue: () => void;
}

/** Carries out a restart plan: one restart at a time, and those who wait for it. */
export class RestartTimer {
  readonly #options: RestartTimerOptions;
  readonly #plan: RestartPlan;
  #dueMs = 0;
  #cancel: () => void = () => undefined;
  #waiters: (() => void)[] = [];

  constructor(options: RestartTimerOptions) {
    this.#options = options;
    this.#plan = new RestartPlan(options.random);
  }

  /** Until the planned restart, in milliseconds. */
  get leftMs(): number {
    return Math.max(0, this.#dueMs - this.#options.clock.monotonicMs());
  }

  /** Plans the restart after a failure. */
  failed(): Restart {
    const { clock, schedule, onDue } = this.#options;
    this.#cancel();
    const restart = this.#plan.failed(clock.monotonicMs());
    this.#dueMs = clock.monotonicMs() + restart.delayMs;
    this.#cancel = schedule(restart.delayMs, () => {
      onDue();
      this.#wake();
    });
    return restart;
  }

  /** What failed before no longer counts. */
  held(): void {
    this.#plan.held();
  }

  /** Calls the restart off: it happens otherwise, or never. */
  cancel(): void {
    this.#cancel();
    this.#wake();
  }

  /** Waits for a restart that is near; false, at once, where it is further off than UPSTREAM_PATIENCE_MS. */
  async patience(): Promise<boolean> {
    if (this.leftMs > UPSTREAM_PATIENCE_MS) return false;
    await new Promise<void>((resolve) => {
      this.#waiters.push(resolve);
    });
    return true;
  }

  #wake(): void {
    for (const resolve of this.#waiters.splice(0)) resolve();
  }
}
