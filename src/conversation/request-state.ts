import { createHmac, timingSafeEqual } from 'node:crypto';
import { isJsonObject, member, type JsonObject } from '../platform/json.js';

/** Where a modern request stands that waits for a person in several rounds. */
export interface RoundState {
  readonly approvalId: string;
  /** From 1. */
  readonly round: number;
}

const MARK = 'guard.';

/**
 * The `requestState` that guard hands to modern clients (2026-07-28, basic/patterns/mrtr: to be
 * treated as attacker-controlled when it comes back). It names an approval and answers nothing; the
 * HMAC key lives as long as the process.
 */
export class RequestStates {
  readonly #key: Uint8Array;

  /** `key`: 32 random bytes. */
  constructor(key: Uint8Array) {
    this.#key = key;
  }

  write(state: RoundState): string {
    const text = Buffer.from(JSON.stringify(state)).toString('base64url');
    return `${MARK}${text}.${this.#mac(text)}`;
  }

  /** The state in a request's params; undefined where it is none of guard's, null where it was changed. */
  read(params: JsonObject | undefined): RoundState | null | undefined {
    const given = params === undefined ? undefined : member(params, 'requestState');
    if (typeof given !== 'string' || !given.startsWith(MARK)) return undefined;
    const [text = '', mac = ''] = given.slice(MARK.length).split('.', 2);
    const expected = Buffer.from(this.#mac(text));
    const got = Buffer.from(mac);
    if (got.length !== expected.length || !timingSafeEqual(got, expected)) return null;
    // The MAC holds, so this is what `write` made.
    const state: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    return isJsonObject(state) ? (state as unknown as RoundState) : null;
  }

  #mac(text: string): string {
    return createHmac('sha256', this.#key).update(text).digest('base64url');
  }
}
