import { LOOP_DENIALS, LOOP_RETRY_MS, LOOP_RETRY_MS_MAX, LOOP_SESSIONS_MAX } from '../platform/bounds.js';

/** How often one call was denied in a row. */
export interface DeniedRun {
  /** Names the call and the reason of its denial. */
  readonly key: string;
  readonly count: number;
}

/** The run after one more denial. */
export function afterDenial(run: DeniedRun | undefined, key: string): DeniedRun {
  return { key, count: run?.key === key ? run.count + 1 : 1 };
}

/** How long the agent is told to wait after that many denials of one call in a row; null where it is no loop yet. */
export function loopRetryMs(count: number): number | null {
  if (count < LOOP_DENIALS) return null;
  // Beyond this many doublings the bound is reached; larger powers are no longer numbers.
  const doublings = Math.min(count - LOOP_DENIALS, 32);
  return Math.min(LOOP_RETRY_MS * 2 ** doublings, LOOP_RETRY_MS_MAX);
}

/** The runs of denials of each session, in memory. */
export class LoopBreaker {
  readonly #runs = new Map<string, DeniedRun>();

  /** One more denial; how many it makes in a row. */
  denied(session: string, key: string): number {
    const run = afterDenial(this.#runs.get(session), key);
    // Put at the end, so that the session that was denied longest ago is first.
    this.#runs.delete(session);
    this.#runs.set(session, run);
    if (this.#runs.size > LOOP_SESSIONS_MAX) {
      const [oldest] = this.#runs.keys();
      if (oldest !== undefined) this.#runs.delete(oldest);
    }
    return run.count;
  }

  /** Whether no session has a run: the common case, in which nothing has to be looked up. */
  get isIdle(): boolean {
    return this.#runs.size === 0;
  }

  /** The session did something else. */
  reset(session: string): void {
    this.#runs.delete(session);
  }
}
