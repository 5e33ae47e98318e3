import type { JsonObject } from '../../platform/json.js';
import { readBearerToken } from './bearer-token.js';
import { bearerChallenge, unavailable } from './challenge.js';
import type { Challenge, Identity, Principal, RequestHeaders } from './principal.js';
import type { ProtectedResource } from './protected-resource.js';
import { readClaims } from './read-claims.js';
import type { TokenSettings } from './settings.js';
import type { TokenMemory } from './token-memory.js';
import type { Verifier } from './verifier.js';

export interface TokenIdentityOptions {
  readonly settings: Pick<TokenSettings, 'agentClaim' | 'requiredScopes'>;
  readonly verifier: Verifier;
  readonly resource: ProtectedResource;
  readonly memory: TokenMemory;
  readonly warning: string | undefined;
  /** What tells callers apart, of a verified token. */
  readonly keyOf: (agent: string, subject: string | undefined) => string;
}

/** Knows senders by bearer tokens. */
export class TokenIdentity implements Identity {
  readonly warning: string | undefined;
  readonly #options: TokenIdentityOptions;

  constructor(options: TokenIdentityOptions) {
    this.#options = options;
    this.warning = options.warning;
  }

  get trouble(): string | undefined {
    return this.#options.verifier.trouble;
  }

  async authenticate(
    headers: RequestHeaders,
    upstream: string | null = null,
  ): Promise<Principal | Challenge> {
    const read = readBearerToken(headers);
    if (read.kind === 'none') return this.#challenge(401, undefined, read.reason, upstream);
    if (read.kind === 'malformed') return this.#challenge(400, 'invalid_request', read.reason, upstream);
    const { memory } = this.#options;
    const key = memory.keyOf(read.token);
    const known = memory.get(key);
    if (known !== undefined) return known;
    try {
      return await this.#verify(read.token, key, upstream);
    } catch {
      return this.#challenge(401, 'invalid_token', 'the token could not be verified', upstream);
    }
  }

  insufficientScope(scopes: readonly string[], upstream: string | null = null): Challenge {
    return bearerChallenge({
      status: 403,
      error: 'insufficient_scope',
      reason: 'the token lacks scopes that this needs',
      metadataUrl: this.#options.resource.metadataUrl(upstream),
      // A client asks for what it reads here and for nothing else.
      scopes: [...new Set([...this.#options.settings.requiredScopes, ...scopes])],
    });
  }

  metadata(path: string): JsonObject | undefined {
    return this.#options.resource.document(path);
  }

  close(): void {
    this.#options.verifier.close();
    this.#options.memory.clear();
  }

  async #verify(token: string, key: string, upstream: string | null): Promise<Principal | Challenge> {
    const { verifier, settings, memory, keyOf } = this.#options;
    const verified = await verifier.verify(token);
    if (verified.kind === 'unavailable') return unavailable(verified.reason, verified.retryAfterMs);
    if (verified.kind === 'refused') {
      return this.#challenge(401, 'invalid_token', verified.reason, upstream);
    }
    const read = readClaims(verified.claims, settings.agentClaim);
    if (read.kind === 'refused') return this.#challenge(401, 'invalid_token', read.reason, upstream);
    if (settings.requiredScopes.some((scope) => !read.scopes.includes(scope))) {
      return this.insufficientScope([], upstream);
    }
    const principal: Principal = Object.freeze({
      agent: read.agent,
      key: keyOf(read.agent, read.subject),
      scopes: read.scopes,
      claims: verified.claims,
    });
    memory.set(key, principal, read.expiresMs);
    return principal;
  }

  #challenge(
    status: 400 | 401,
    error: 'invalid_request' | 'invalid_token' | undefined,
    reason: string,
    upstream: string | null,
  ): Challenge {
    const { resource, settings } = this.#options;
    const metadataUrl = resource.metadataUrl(upstream);
    return bearerChallenge({ status, error, reason, metadataUrl, scopes: settings.requiredScopes });
  }
}
