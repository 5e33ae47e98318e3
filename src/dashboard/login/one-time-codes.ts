import { timingSafeEqual } from 'node:crypto';
import { DASHBOARD_CODE_MS } from '../../platform/bounds.js';
import type { Clock } from '../../platform/clock.js';
import { sha256 } from './secret.js';

/**
 * The code of a login link: one at a time, for one login, for DASHBOARD_CODE_MS. Whoever can read the
 * terminal can use it, as they could run guard themselves.
 */
export class OneTimeCodes {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #newCode: () => string;
  #code: { readonly digest: Buffer; readonly untilMs: number } | undefined;

  constructor(clock: Pick<Clock, 'monotonicMs'>, newCode: () => string) {
    this.#clock = clock;
    this.#newCode = newCode;
  }

  /** A new code; the one before counts no more. */
  make(): string {
    const code = this.#newCode();
    this.#code = { digest: sha256(code), untilMs: this.#clock.monotonicMs() + DASHBOARD_CODE_MS };
    return code;
  }

  /** Whether this is the code; it counts once. */
  take(tried: string): boolean {
    const code = this.#code;
    if (code === undefined) return false;
    const isIt = timingSafeEqual(sha256(tried), code.digest);
    if (isIt) this.#code = undefined;
    return isIt && this.#clock.monotonicMs() < code.untilMs;
  }
}
