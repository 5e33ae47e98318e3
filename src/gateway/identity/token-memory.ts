import { createHash } from 'node:crypto';
import { TOKENS_REMEMBERED_MAX, TOKEN_REMEMBERED_MS } from '../../platform/bounds.js';
import type { Clock } from '../../platform/clock.js';
import type { Principal } from './principal.js';

interface Entry {
  readonly principal: Principal;
  readonly untilMs: number;
  readonly expiresMs: number;
}

/**
 * Principals of tokens that were verified a moment ago, by the tokens' SHA-256, so that not each call
 * costs a signature check. INVARIANT: an entry counts until its token expires and for at most
 * TOKEN_REMEMBERED_MS, whatever happens to the key that signed it.
 */
export class TokenMemory {
  readonly #entries = new Map<string, Entry>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What a token is remembered under; the token itself is not kept. */
  keyOf(token: string): string {
    return createHash('sha256').update(token).digest('base64');
  }

  get(key: string): Principal | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (this.#clock.monotonicMs() < entry.untilMs && this.#clock.wallMs() < entry.expiresMs) {
      return entry.principal;
    }
    this.#entries.delete(key);
    return undefined;
  }

  /** `expiresMs`: when the token expires, in milliseconds since 1970. */
  set(key: string, principal: Principal, expiresMs: number): void {
    const oldest = this.#entries.size < TOKENS_REMEMBERED_MAX ? undefined : this.#entries.keys().next().value;
    if (oldest !== undefined) this.#entries.delete(oldest);
    this.#entries.set(key, {
      principal,
      untilMs: this.#clock.monotonicMs() + TOKEN_REMEMBERED_MS,
      expiresMs,
    });
  }

  /** Forgets all tokens, for when the keys that they were verified with changed. */
  clear(): void {
    this.#entries.clear();
  }
}
