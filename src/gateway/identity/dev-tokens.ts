import { SignJWT } from 'jose';
import type { Clock } from '../../platform/clock.js';
import type { JsonObject } from '../../platform/json.js';
import type { IdentitySettings } from './settings.js';
import type { Verifier } from './verifier.js';
import { verifyJwt } from './verify-jwt.js';

const ISSUER = 'guard-dev';
const ALGORITHM = 'HS256';

export type DevSettings = Extract<IdentitySettings, { mode: 'dev' }>;

/** Verifies tokens that `guard token mint` made with the same secret; no other algorithm than HS256. */
export function devVerifier(settings: DevSettings, clock: Clock): Verifier {
  const terms = { algorithms: [ALGORITHM], issuer: ISSUER, audiences: settings.audiences, clock };
  const key = keyOf(settings.secret);
  return {
    trouble: undefined,
    verify: (token) => verifyJwt(token, key, terms),
    close: () => {},
  };
}

/** What a token for development says. */
export interface DevToken {
  readonly name: string;
  readonly ttlMs: number;
  readonly scopes: readonly string[];
  /** Further claims; those that guard itself sets win over them. */
  readonly claims: JsonObject;
}

/** Makes a token that `guard serve` with the same config takes for the agent's. */
export async function mintDevToken(token: DevToken, settings: DevSettings, nowMs: number): Promise<string> {
  const now = Math.floor(nowMs / 1000);
  const { name, scopes, claims } = token;
  const [audience = ''] = settings.audiences;
  return new SignJWT({
    ...claims,
    ...(scopes.length === 0 ? {} : { scope: scopes.join(' ') }),
    [settings.agentClaim]: name,
    sub: name,
  })
    .setProtectedHeader({ alg: ALGORITHM, typ: 'at+jwt' })
    .setIssuer(ISSUER)
    .setAudience(audience)
    .setIssuedAt(now)
    .setExpirationTime(now + Math.max(1, Math.floor(token.ttlMs / 1000)))
    .sign(keyOf(settings.secret));
}

function keyOf(secret: string): Uint8Array {
  return new TextEncoder().encode(secret);
}
