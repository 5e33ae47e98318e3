import { type JSONWebKeySet, type JWTVerifyGetKey, createLocalJWKSet, errors } from 'jose';
import {
  ISSUER_KEYS_FRESH_MS,
  ISSUER_KEYS_KEPT_MS,
  ISSUER_RETRY_MS,
  ISSUER_RETRY_MS_MAX,
  ISSUER_UNKNOWN_KEY_MS,
} from '../../platform/bounds.js';
import type { Clock } from '../../platform/clock.js';
import { messageOf } from '../../platform/errors.js';
import { KeysUnavailable } from './verify-jwt.js';

export interface IssuerKeysOptions {
  /** Fetches the key set; rejects when it cannot be had. */
  readonly load: (signal: AbortSignal) => Promise<JSONWebKeySet>;
  readonly clock: Clock;
  /** Told when the issuer goes out of reach and when it is back. */
  readonly note: (text: string) => void;
  /** Called when the keys are others than before. */
  readonly changed: () => void;
}

interface KeySet {
  readonly text: string;
  readonly find: ReturnType<typeof createLocalJWKSet>;
  readonly fetchedMs: number;
}

/**
 * The keys of one issuer. They are fetched anew now and then, and at a bounded rate when a token
 * names a key that is not among them. While the issuer cannot be reached, the keys that are there
 * count on for ISSUER_KEYS_KEPT_MS. Of several who wait, one fetches.
 */
export class IssuerKeys {
  readonly #options: IssuerKeysOptions;
  readonly #abort = new AbortController();
  #keys: KeySet | undefined;
  #fetching: Promise<void> | undefined;
  #unknownKeyMs = Number.NEGATIVE_INFINITY;
  #failures = 0;
  #trouble: string | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: IssuerKeysOptions) {
    this.#options = options;
  }

  /** Why the keys could not be fetched the last time; undefined where they could. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  /** Fetches the keys for the first time, and then now and then. */
  start(): void {
    void this.#fetch();
  }

  /**
   * The key that a token names. Rejects with KeysUnavailable while there are no keys that count, and
   * with jose's errors where none of them fits.
   */
  readonly find: JWTVerifyGetKey = async (header, token) => {
    if (this.#usable() === undefined && this.#fetching !== undefined) await this.#fetching;
    const keys = this.#usable();
    if (keys === undefined) throw this.#unavailable();
    try {
      return await keys.find(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      await this.#fetchForUnknownKey();
      return (this.#usable() ?? keys).find(header, token);
    }
  };

  close(): void {
    this.#abort.abort();
    clearTimeout(this.#timer);
  }

  #usable(): KeySet | undefined {
    const keys = this.#keys;
    if (keys === undefined) return undefined;
    return this.#options.clock.monotonicMs() - keys.fetchedMs <= ISSUER_KEYS_KEPT_MS ? keys : undefined;
  }

  #unavailable(): KeysUnavailable {
    return new KeysUnavailable('the keys of the issuer cannot be had at the moment', this.#waitMs());
  }

  /** Tokens with made-up keys must not turn into requests to the issuer: one in ISSUER_UNKNOWN_KEY_MS. */
  async #fetchForUnknownKey(): Promise<void> {
    if (this.#fetching !== undefined) return this.#fetching;
    const nowMs = this.#options.clock.monotonicMs();
    if (nowMs - this.#unknownKeyMs < ISSUER_UNKNOWN_KEY_MS) return;
    this.#unknownKeyMs = nowMs;
    await this.#fetch();
  }

  async #fetch(): Promise<void> {
    this.#fetching ??= this.#fetchOnce().finally(() => {
      this.#fetching = undefined;
      this.#schedule();
    });
    await this.#fetching;
  }

  async #fetchOnce(): Promise<void> {
    const { load, clock, note, changed } = this.#options;
    try {
      const set = await load(this.#abort.signal);
      const text = JSON.stringify(set);
      const isOther = this.#keys !== undefined && this.#keys.text !== text;
      this.#keys = { text, find: createLocalJWKSet(set), fetchedMs: clock.monotonicMs() };
      if (isOther) changed();
      if (this.#trouble !== undefined) note('the issuer can be reached again');
      this.#failures = 0;
      this.#trouble = undefined;
    } catch (error) {
      if (this.#abort.signal.aborted) return;
      this.#failures += 1;
      const trouble = messageOf(error);
      if (this.#trouble !== trouble) {
        const now =
          this.#usable() === undefined
            ? 'requests are answered with 503 until they can'
            : 'those of the last time count on';
        note(`the keys of the issuer cannot be fetched: ${trouble}; ${now}`);
      }
      this.#trouble = trouble;
    }
  }

  #schedule(): void {
    if (this.#abort.signal.aborted) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#fetch(), this.#waitMs());
    this.#timer.unref();
  }

  /** The time until the next fetch. */
  #waitMs(): number {
    if (this.#failures === 0) return ISSUER_KEYS_FRESH_MS;
    return Math.min(ISSUER_RETRY_MS_MAX, ISSUER_RETRY_MS * 2 ** Math.min(this.#failures - 1, 16));
  }
}
