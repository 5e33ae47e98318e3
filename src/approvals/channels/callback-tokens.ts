import { createHmac, timingSafeEqual } from 'node:crypto';
import { CALLBACK_TOKEN_CHARS_MAX } from '../../platform/bounds.js';
import type { Clock } from '../../platform/clock.js';
import { isJsonObject, parseJson } from '../../platform/json.js';
import { randomId } from '../../platform/random-id.js';
import type { ApprovalRequest } from '../request.js';

/** What a token that counts stands for. */
export interface TokenHolder<Value> {
  readonly request: ApprovalRequest;
  readonly value: Value;
}

export type Redeemed<Value> =
  | { readonly kind: 'valid'; readonly holder: TokenHolder<Value> }
  /** Not one that this process signed. */
  | { readonly kind: 'forged' }
  /** It was used, or its request is over. */
  | { readonly kind: 'used' }
  | { readonly kind: 'expired' };

/**
 * Tokens that answer one request each, once. A token names the request and its digest under an HMAC
 * whose key never leaves this process, so that one that was made for another call, or edited, is
 * none; and it counts only as long as it is remembered here, so that a replay is none either.
 */
export class CallbackTokens<Value> {
  readonly #key: Buffer;
  readonly #clock: Clock;
  readonly #live = new Map<string, TokenHolder<Value> & { readonly endsMs: number }>();

  /** `key`: 32 random bytes. */
  constructor(key: Buffer, clock: Clock) {
    this.#key = key;
    this.#clock = clock;
  }

  /** Makes a token for a request; it counts for `forMs` milliseconds. */
  issue(request: ApprovalRequest, forMs: number, value: Value): string {
    const id = randomId('', 26);
    this.#live.set(id, { request, value, endsMs: this.#clock.monotonicMs() + forMs });
    const claims = { t: id, id: request.id, digest: request.digest, exp: request.expires_at };
    const text = Buffer.from(JSON.stringify(claims)).toString('base64url');
    return `${text}.${this.#sign(text).toString('base64url')}`;
  }

  /** Uses a token up. */
  redeem(token: string): Redeemed<Value> {
    const [text = '', signature = '', ...more] =
      token.length > CALLBACK_TOKEN_CHARS_MAX ? [] : token.split('.');
    const given = Buffer.from(signature, 'base64url');
    const expected = this.#sign(text);
    const isOurs = given.length === expected.length && timingSafeEqual(given, expected);
    const claims = isOurs && more.length === 0 ? parseJson(Buffer.from(text, 'base64url').toString()) : null;
    if (!isJsonObject(claims)) return { kind: 'forged' };
    const id = claims['t'];
    const live = typeof id === 'string' ? this.#live.get(id) : undefined;
    if (live === undefined || typeof id !== 'string') return { kind: 'used' };
    this.#live.delete(id);
    if (claims['id'] !== live.request.id || claims['digest'] !== live.request.digest)
      return { kind: 'forged' };
    return this.#clock.monotonicMs() < live.endsMs ? { kind: 'valid', holder: live } : { kind: 'expired' };
  }

  /** From now on no token of this request counts. */
  revoke(requestId: string): void {
    for (const [id, { request }] of this.#live) if (request.id === requestId) this.#live.delete(id);
  }

  #sign(text: string): Buffer {
    return createHmac('sha256', this.#key).update(`guard callback v1\n${text}`).digest();
  }
}
