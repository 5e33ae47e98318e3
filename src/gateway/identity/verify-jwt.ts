import { type JWTVerifyGetKey, type JWTVerifyOptions, decodeProtectedHeader, errors, jwtVerify } from 'jose';
import { TOKEN_CLOCK_TOLERANCE_MS } from '../../platform/bounds.js';
import type { Clock } from '../../platform/clock.js';
import type { JsonObject } from '../../platform/json.js';
import type { Verification } from './verifier.js';

/** What a token must fit beside its signature. */
export interface JwtTerms {
  readonly algorithms: readonly string[];
  readonly issuer: string;
  readonly audiences: readonly string[];
  readonly clock: Clock;
}

/** Thrown by a key source that has no keys at all, as opposed to none that fits. */
export class KeysUnavailable extends Error {
  readonly retryAfterMs: number;

  constructor(message: string, retryAfterMs: number) {
    super(message);
    this.name = 'KeysUnavailable';
    this.retryAfterMs = retryAfterMs;
  }
}

/** RFC 9068 wants `at+jwt`; most issuers still write `JWT` or nothing. */
const ACCESS_TOKEN_TYPES: ReadonlySet<string> = new Set(['jwt', 'at+jwt', 'application/at+jwt']);

/**
 * Verifies a JWT in compact form. The key comes from `key` alone: keys and addresses of keys in the
 * token's own header are never looked at.
 */
export async function verifyJwt(
  token: string,
  key: JWTVerifyGetKey | Uint8Array,
  terms: JwtTerms,
): Promise<Verification> {
  try {
    const trouble = headerTrouble(token);
    if (trouble !== undefined) return { kind: 'refused', reason: trouble };
    const options: JWTVerifyOptions = {
      algorithms: [...terms.algorithms],
      issuer: terms.issuer,
      audience: [...terms.audiences],
      requiredClaims: ['exp'],
      clockTolerance: TOKEN_CLOCK_TOLERANCE_MS / 1000,
      currentDate: new Date(terms.clock.wallMs()),
    };
    const { payload } = await (typeof key === 'function'
      ? jwtVerify(token, key, options)
      : jwtVerify(token, key, options));
    return { kind: 'verified', claims: payload as JsonObject };
  } catch (error) {
    if (error instanceof KeysUnavailable) {
      return { kind: 'unavailable', reason: error.message, retryAfterMs: error.retryAfterMs };
    }
    return { kind: 'refused', reason: reasonOf(error) };
  }
}

function headerTrouble(token: string): string | undefined {
  const header = decodeProtectedHeader(token);
  // Extensions that must be understood (RFC 7515 §4.1.11): guard understands none.
  if (header.crit !== undefined) return 'the token demands extensions that guard does not know';
  if (header.kid !== undefined && typeof header.kid !== 'string') return 'the token is malformed';
  const { typ } = header;
  if (typ === undefined) return undefined;
  return typeof typ === 'string' && ACCESS_TOKEN_TYPES.has(typ.toLowerCase())
    ? undefined
    : 'the token is no access token';
}

const CLAIM_REASONS: Readonly<Record<string, string>> = {
  iss: 'the token comes from another issuer',
  aud: 'the token is made for another audience',
  nbf: 'the token is not valid yet',
  exp: 'the token does not say when it expires',
};

/** Why jose refused a token, in words that hold nothing of it. */
function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'the token expired';
  if (error instanceof errors.JWTClaimValidationFailed) {
    return CLAIM_REASONS[error.claim] ?? 'the claims of the token are malformed';
  }
  if (error instanceof errors.JOSEAlgNotAllowed)
    return 'the token is signed with an algorithm that is not accepted';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'the signature of the token is wrong';
  if (error instanceof errors.JWKSNoMatchingKey)
    return 'the token is signed with a key that its issuer does not have';
  if (error instanceof errors.JWKSMultipleMatchingKeys)
    return 'the token does not name one key of its issuer';
  return 'the token is malformed';
}
