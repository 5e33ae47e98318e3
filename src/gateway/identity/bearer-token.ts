import { TOKEN_CHARS_MAX } from '../../platform/bounds.js';
import type { RequestHeaders } from './principal.js';

/** What the Authorization header of a request holds. */
export type BearerToken =
  | { readonly kind: 'token'; readonly token: string }
  /** No header, or one of another scheme: RFC 6750 §3.1 wants no error code then. */
  | { readonly kind: 'none'; readonly reason: string }
  | { readonly kind: 'malformed'; readonly reason: string };

/** RFC 6750 §2.1: the scheme in any case, one space or more, a b64token. */
const BEARER = /^bearer(?: +|$)/i;
const TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/;

/** Reads the bearer token of a request; of nothing but the one Authorization header. */
export function readBearerToken(headers: RequestHeaders): BearerToken {
  const given = headers['authorization'];
  const values = given === undefined ? [] : typeof given === 'string' ? [given] : given;
  const [value] = values;
  if (value === undefined) return { kind: 'none', reason: 'no token was sent' };
  if (values.length > 1) return { kind: 'malformed', reason: 'several Authorization headers were sent' };
  const scheme = BEARER.exec(value);
  if (scheme === null)
    return { kind: 'none', reason: 'the Authorization header is not of the Bearer scheme' };
  const token = value.slice(scheme[0].length);
  if (token.length > TOKEN_CHARS_MAX) {
    return { kind: 'malformed', reason: `the token is longer than ${TOKEN_CHARS_MAX} characters` };
  }
  if (!TOKEN.test(token))
    return { kind: 'malformed', reason: 'the Authorization header holds no bearer token' };
  return { kind: 'token', token };
}
