import type { Challenge } from './principal.js';

/** What a challenge is made of. */
interface ChallengeParts {
  readonly status: Challenge['status'];
  /** RFC 6750 §3.1; undefined where the request came without a token. */
  readonly error: 'invalid_request' | 'invalid_token' | 'insufficient_scope' | undefined;
  readonly reason: string;
  readonly metadataUrl: string;
  readonly scopes: readonly string[];
}

/** A challenge of RFC 6750 that names the metadata of RFC 9728. */
export function bearerChallenge({ status, error, reason, metadataUrl, scopes }: ChallengeParts): Challenge {
  const parameters = [
    ...(error === undefined ? [] : [`error="${error}"`, `error_description="${quotable(reason)}"`]),
    ...(scopes.length === 0 ? [] : [`scope="${quotable(scopes.join(' '))}"`]),
    `resource_metadata="${quotable(metadataUrl)}"`,
  ];
  return {
    status,
    headers: { ...PLAIN, 'www-authenticate': `Bearer ${parameters.join(', ')}` },
    body: JSON.stringify({ error: error ?? 'unauthorized', error_description: reason }),
    reason,
  };
}

/** The answer while nothing can be verified: the token may be good, so the client is to come again. */
export function unavailable(reason: string, retryAfterMs: number): Challenge {
  return {
    status: 503,
    headers: { ...PLAIN, 'retry-after': String(Math.max(1, Math.ceil(retryAfterMs / 1000))) },
    body: JSON.stringify({ error: 'temporarily_unavailable', error_description: reason }),
    reason,
  };
}

const PLAIN = { 'content-type': 'application/json', 'cache-control': 'no-store' } as const;

/** What RFC 6750 lets stand in these parameters: printable ASCII without quotes and backslashes. */
function quotable(text: string): string {
  return text.replaceAll(/[^\u0020-\u007e]|["\\]/g, "'");
}
