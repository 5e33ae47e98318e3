import type { JsonObject } from '../../platform/json.js';

/** Who sends a request, as far as it was verified. */
export interface Principal {
  /** The verified agent name; undefined in anonymous mode and only there. */
  readonly agent: string | undefined;
  /** Tells callers apart: issuer, subject and agent, `dev:NAME` or `anonymous`. Sessions are bound to it. */
  readonly key: string;
  /** Empty in anonymous mode, where nothing is known of them. */
  readonly scopes: readonly string[];
  /** The claims of the verified token; empty in anonymous mode, where nothing is known of them. */
  readonly claims: JsonObject;
}

/** The answer to a request whose sender is not known, or may not do what it asks for. */
export interface Challenge {
  /** 503 while the issuer's keys were never to be had, so that nothing can be verified. */
  readonly status: 400 | 401 | 403 | 503;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON, as RFC 6750 names the members. */
  readonly body: string;
  /** For records and log; never holds the token or a part of it. */
  readonly reason: string;
}

/**
 * Headers of a request. Node keeps only the first of several `Authorization` headers in `headers`:
 * hand in `headersDistinct`, so that several are seen and refused.
 */
export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Finds out who sends; never throws. */
export interface Identity {
  /** What to tell the operator loudly at start, if anything: that nobody is asked who they are. */
  readonly warning: string | undefined;
  /** Why tokens cannot be verified as they should at the moment; undefined while all is well. */
  readonly trouble: string | undefined;
  /** Who sends a request with these headers on `/mcp`, or on `/mcp/<upstream>`. */
  authenticate(headers: RequestHeaders, upstream?: string | null): Promise<Principal | Challenge>;
  /** The answer to a caller that lacks scopes: name all that the operation needs, at once. */
  insufficientScope(scopes: readonly string[], upstream?: string | null): Challenge;
  /** RFC 9728 documents by path; none in anonymous mode. */
  metadata(path: string): JsonObject | undefined;
  close(): void;
}

/** Whether the sender was not accepted. */
export function isChallenge(answer: Principal | Challenge): answer is Challenge {
  return 'status' in answer;
}
