import {
  DASHBOARD_LOGIN_ADDRESSES_MAX,
  DASHBOARD_LOGIN_FREE_TRIES,
  DASHBOARD_LOGIN_OVERALL_FREE_TRIES,
  DASHBOARD_LOGIN_WAIT_MS_MAX,
} from '../../platform/bounds.js';
import type { Clock } from '../../platform/clock.js';

interface Tries {
  wrong: number;
  untilMs: number;
  /** The end of the last wait that was told of. */
  toldMs: number;
}

/** The first wait after the tries that are free; each further wrong try doubles it. */
const FIRST_WAIT_MS = 1000;

/**
 * Makes whoever tries wrong secrets wait, longer each time: by address, and all together, so that many
 * addresses are no way around. A wait runs out by itself, so nobody is locked out for good; a right
 * secret forgets its address. While it has to wait, no try is looked at, right or wrong.
 */
export class LoginThrottle {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #byAddress = new Map<string, Tries>();
  readonly #overall: Tries = { wrong: 0, untilMs: 0, toldMs: 0 };

  constructor(clock: Pick<Clock, 'monotonicMs'>) {
    this.#clock = clock;
  }

  /** Milliseconds until this address may try again; 0 where it may now. */
  waitMs(address: string): number {
    const nowMs = this.#clock.monotonicMs();
    const own = this.#byAddress.get(addressBlock(address))?.untilMs ?? 0;
    return Math.max(0, own - nowMs, this.#overall.untilMs - nowMs);
  }

  /** Whether this is the first time in a wait that somebody who has to wait comes; true once for each. */
  isFirst(address: string): boolean {
    const own = this.#byAddress.get(addressBlock(address));
    const tries = own !== undefined && own.untilMs > this.#clock.monotonicMs() ? own : this.#overall;
    const isFirst = tries.toldMs !== tries.untilMs;
    tries.toldMs = tries.untilMs;
    return isFirst;
  }

  wrong(address: string): void {
    const nowMs = this.#clock.monotonicMs();
    const block = addressBlock(address);
    const tries = this.#byAddress.get(block) ?? { wrong: 0, untilMs: 0, toldMs: 0 };
    this.#byAddress.delete(block);
    this.#byAddress.set(block, tries);
    note(tries, DASHBOARD_LOGIN_FREE_TRIES, nowMs);
    note(this.#overall, DASHBOARD_LOGIN_OVERALL_FREE_TRIES, nowMs);
    for (const oldest of this.#byAddress.keys()) {
      if (this.#byAddress.size <= DASHBOARD_LOGIN_ADDRESSES_MAX) break;
      this.#byAddress.delete(oldest);
    }
  }

  right(address: string): void {
    this.#byAddress.delete(addressBlock(address));
  }
}

function note(tries: Tries, free: number, nowMs: number): void {
  // Who was quiet for the longest wait begins again.
  if (nowMs - tries.untilMs > DASHBOARD_LOGIN_WAIT_MS_MAX) tries.wrong = 0;
  tries.wrong += 1;
  const beyond = tries.wrong - free;
  const waitMs =
    beyond < 0 ? 0 : Math.min(DASHBOARD_LOGIN_WAIT_MS_MAX, FIRST_WAIT_MS * 2 ** Math.min(beyond, 20));
  tries.untilMs = nowMs + waitMs;
}

/** What counts as one address: one machine has a whole /64 of IPv6 addresses to come from. */
export function addressBlock(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/, '');
  return plain.includes(':') ? plain.split(':').slice(0, 4).join(':') : plain;
}
