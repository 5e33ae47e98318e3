import type { JsonObject } from '../../platform/json.js';

/** What became of a token. */
export type Verification =
  | { readonly kind: 'verified'; readonly claims: JsonObject }
  /** `reason` never holds anything of the token. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** Nothing can be said of any token at the moment. */
  | { readonly kind: 'unavailable'; readonly reason: string; readonly retryAfterMs: number };

/** Checks the signature, issuer, audience and times of tokens; never throws. */
export interface Verifier {
  readonly trouble: string | undefined;
  verify(token: string): Promise<Verification>;
  close(): void;
}
