import { AGENT_CHARS_MAX, TOKEN_CLAIMS_DEPTH_MAX, TOKEN_SCOPES_MAX } from '../../platform/bounds.js';
import { type JsonObject, type JsonValue, isJsonObject, member } from '../../platform/json.js';
import { printable } from '../../platform/printable.js';

/** What guard takes from the claims of a token whose signature is verified, or why it takes nothing. */
export type ClaimsReading =
  | {
      readonly kind: 'claims';
      readonly agent: string;
      readonly subject: string | undefined;
      readonly scopes: readonly string[];
      /** Milliseconds since 1970. */
      readonly expiresMs: number;
    }
  | { readonly kind: 'refused'; readonly reason: string };

/** RFC 6749 §3.3. */
const SCOPE = /^[\u0021\u0023-\u005b\u005d-\u007e]+$/;
const TIMES = ['exp', 'nbf', 'iat'] as const;
/** Claims that only tokens about a sign-in have: such a token is for the client, not for guard. */
const ID_TOKEN_CLAIMS = ['at_hash', 'c_hash', 's_hash'] as const;

/** Reads the claims of a verified token; whatever is odd about them refuses the token. */
export function readClaims(claims: JsonObject, agentClaim: string): ClaimsReading {
  const trouble = troubleOf(claims);
  if (trouble !== undefined) return { kind: 'refused', reason: trouble };
  const subject = member(claims, 'sub');
  if (subject !== undefined && !isName(subject)) {
    return { kind: 'refused', reason: 'the claim sub of the token is not a plain name' };
  }
  const agent = member(claims, agentClaim);
  if (agent === undefined) {
    return { kind: 'refused', reason: `the token has no claim ${agentClaim}, which is to name the agent` };
  }
  if (!isName(agent)) {
    return { kind: 'refused', reason: `the claim ${agentClaim} of the token is not a plain name` };
  }
  const scopes = scopesOf(member(claims, 'scope') ?? member(claims, 'scp'));
  if (scopes === undefined) return { kind: 'refused', reason: 'the scopes of the token are malformed' };
  return { kind: 'claims', agent, subject, scopes, expiresMs: Number(claims['exp']) * 1000 };
}

/** Whether a text can name an agent: bounded, visible, and the same to every reader. */
export function isName(value: JsonValue): value is string {
  return (
    typeof value === 'string' &&
    value !== '' &&
    value.length <= AGENT_CHARS_MAX &&
    value.trim() === value &&
    printable(value) === value
  );
}

/** Whether a text is one scope, as RFC 6749 writes them. */
export function isScope(text: string): boolean {
  return SCOPE.test(text);
}

function troubleOf(claims: JsonObject): string | undefined {
  // JSON reads 1e400 as infinity: such a token would never expire.
  if (TIMES.some((time) => !isPlainTime(member(claims, time)))) return 'a time in the token is not a time';
  if (isDeep(claims, TOKEN_CLAIMS_DEPTH_MAX)) return 'the claims of the token nest too deep';
  if (ID_TOKEN_CLAIMS.some((name) => Object.hasOwn(claims, name)) || isOtherToken(member(claims, 'typ'))) {
    return 'the token is no access token';
  }
  return Object.hasOwn(claims, 'cnf')
    ? 'the token is bound to a key of its holder, which guard cannot check'
    : undefined;
}

function isPlainTime(value: JsonValue | undefined): boolean {
  return (
    value === undefined || (typeof value === 'number' && Math.abs(value) <= Number.MAX_SAFE_INTEGER / 1000)
  );
}

/** Keycloak tells its kinds of tokens apart by a claim. */
function isOtherToken(typ: JsonValue | undefined): boolean {
  return typeof typ === 'string' && /^(?:id|refresh|offline|logout)$/i.test(typ);
}

/** `scope` is a text with spaces in RFC 8693, a list with some issuers; `scp` is either, too. */
function scopesOf(value: JsonValue | undefined): readonly string[] | undefined {
  if (value === undefined) return [];
  const scopes = typeof value === 'string' ? value.split(' ').filter((scope) => scope !== '') : value;
  if (!Array.isArray(scopes) || scopes.length > TOKEN_SCOPES_MAX) return undefined;
  const texts = scopes.filter((scope) => typeof scope === 'string' && isScope(scope)) as string[];
  return texts.length === scopes.length ? Object.freeze([...new Set(texts)]) : undefined;
}

function isDeep(value: JsonValue, levels: number): boolean {
  if (levels < 0) return true;
  if (Array.isArray(value)) return value.some((element) => isDeep(element, levels - 1));
  return isJsonObject(value) && Object.values(value).some((inner) => isDeep(inner, levels - 1));
}
