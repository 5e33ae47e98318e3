import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { type JWTHeaderParameters, type JWTPayload, SignJWT, exportJWK, generateKeyPair } from 'jose';
import { onTestFinished } from 'vitest';
import { createIdentity } from '../../../src/gateway/identity/create-identity.js';
import {
  type Challenge,
  type Identity,
  type Principal,
  isChallenge,
} from '../../../src/gateway/identity/principal.js';
import type { IdentitySettings } from '../../../src/gateway/identity/settings.js';
import type { Clock } from '../../../src/platform/clock.js';
import type { JsonObject } from '../../../src/platform/json.js';

/** A clock that stands still until it is told otherwise, at a time that real tokens fit. */
export interface HeldClock extends Clock {
  pass(ms: number): void;
}

export function heldClock(startMs = 1_800_000_000_000): HeldClock {
  let nowMs = startMs;
  return {
    wallMs: () => nowMs,
    monotonicMs: () => nowMs,
    timestamp: () => new Date(nowMs).toISOString(),
    pass: (ms) => {
      nowMs += ms;
    },
  };
}

export type Algorithm = 'RS256' | 'ES256' | 'RS512' | 'EdDSA';

/** A signing key of an issuer. */
export interface SigningKey {
  readonly kid: string;
  readonly alg: Algorithm;
  readonly private: Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];
  readonly jwk: JsonObject;
}

export async function signingKey(kid: string, alg: Algorithm = 'ES256'): Promise<SigningKey> {
  const pair = await generateKeyPair(alg, { extractable: true });
  const jwk = (await exportJWK(pair.publicKey)) as JsonObject;
  return { kid, alg, private: pair.privateKey, jwk: { ...jwk, kid, alg, use: 'sig' } };
}

/** An issuer of which a test decides every answer. */
export interface FakeIssuer {
  readonly url: string;
  /** What it publishes. */
  keys: JsonObject[];
  /** Answers by path that stand in for its own. */
  readonly answers: Map<string, (response: http.ServerResponse) => void>;
  /** Paths that were asked for. */
  readonly asked: string[];
}

export async function fakeIssuer(...keys: readonly SigningKey[]): Promise<FakeIssuer> {
  const asked: string[] = [];
  const answers: FakeIssuer['answers'] = new Map();
  const server = http.createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    const own = answers.get(path);
    if (own !== undefined) return own(response);
    const documents: Record<string, unknown> = {
      '/.well-known/openid-configuration': { issuer: issuer.url, jwks_uri: `${issuer.url}/keys` },
      '/keys': { keys: issuer.keys },
    };
    response.statusCode = path in documents ? 200 : 404;
    response.end(JSON.stringify(documents[path] ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const issuer: FakeIssuer = {
    url: `http://127.0.0.1:${port}`,
    keys: keys.map(({ jwk }) => jwk),
    answers,
    asked,
  };
  return issuer;
}

/** The claims of a token that fits everything. */
export function goodClaims(issuer: string, clock: Clock): JWTPayload {
  const now = Math.floor(clock.wallMs() / 1000);
  return { iss: issuer, aud: 'guard', sub: 'agent-1', scope: 'files:read mcp', iat: now, exp: now + 600 };
}

/** A token; claims that are undefined are left out. */
export async function signed(
  key: SigningKey,
  claims: JWTPayload,
  header: Partial<JWTHeaderParameters> = {},
): Promise<string> {
  const kept = Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
  return new SignJWT(kept)
    .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: 'at+jwt', ...header })
    .sign(key.private);
}

export const TOKEN_TERMS = {
  audiences: ['guard'],
  agentClaim: 'sub',
  requiredScopes: [],
  scopesSupported: [],
} as const;

export interface TestIdentity {
  readonly identity: Identity;
  readonly notes: string[];
}

/** An identity that is closed after the test. */
export async function openIdentity(
  settings: IdentitySettings,
  clock: Clock = heldClock(),
  publicUrl?: string,
): Promise<TestIdentity> {
  const notes: string[] = [];
  const identity = await createIdentity({
    settings,
    address: () => ({ publicUrl, host: '127.0.0.1', port: 7474 }),
    clock,
    note: (text) => notes.push(text),
  });
  onTestFinished(() => identity.close());
  return { identity, notes };
}

export function oidc(
  issuer: string,
  changes: Partial<Extract<IdentitySettings, { mode: 'oidc' }>> = {},
): IdentitySettings {
  return { mode: 'oidc', issuer, jwksUri: undefined, ...TOKEN_TERMS, ...changes };
}

/** What the identity makes of a token. */
export async function ask(identity: Identity, token: string): Promise<Principal | Challenge> {
  return identity.authenticate({ authorization: `Bearer ${token}` });
}

/** In one line: the agent, or the status and the reason. */
export function brief(answer: Principal | Challenge): string {
  return isChallenge(answer) ? `${answer.status} ${answer.reason}` : `agent ${answer.agent}`;
}
