import { JSON_DEPTH_MAX, REDACT_CHARS_MAX, REDACT_SECRETS_MAX } from '../platform/bounds.js';
import { foldKey } from '../platform/fold.js';
import { isJsonObject, type JsonValue } from '../platform/json.js';
import { isCardNumber, redactCards } from './card-numbers.js';
import { redactPatterns } from './secret-patterns.js';

/** Shortest exact secret that is looked for: shorter ones would blank ordinary words. */
const SECRET_CHARS_MIN = 6;

/** A copy of a value without the secrets that it holds. */
export type Redact = (value: JsonValue) => JsonValue;

/**
 * Makes a redaction that knows these exact secrets (at most REDACT_SECRETS_MAX, of at least
 * SECRET_CHARS_MIN characters) besides the shapes and member names that give a secret away. Each
 * is replaced by `[redacted:kind]`. Values deeper than JSON_DEPTH_MAX and text beyond
 * REDACT_CHARS_MAX in total are left out, never let through unread. Time is linear in the value.
 */
export function createRedaction(secrets: readonly string[] = []): Redact {
  const known = spellingsOf(secrets);
  return (value) => {
    let charsLeft = REDACT_CHARS_MAX;
    const text = (value: string): string => {
      charsLeft -= value.length;
      return charsLeft < 0 ? '[omitted:too large]' : redactText(value, known);
    };
    const walk = (value: JsonValue, depth: number): JsonValue => {
      if (typeof value === 'string') return text(value);
      if (typeof value === 'number') return redactNumber(value, known);
      if (value === null || typeof value === 'boolean') return value;
      if (depth >= JSON_DEPTH_MAX) return '[omitted:too deep]';
      if (!isJsonObject(value)) return value.map((item) => walk(item, depth + 1));
      // Object.fromEntries defines members, so that a `__proto__` stays one.
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => {
          const kind = isEmpty(item) ? undefined : sensitiveKind(key);
          return [text(key), kind === undefined ? walk(item, depth + 1) : `[redacted:${kind}]`];
        }),
      );
    };
    return walk(value, 0);
  };
}

/** Parts of member names that announce a secret, longest meaning first. */
const SENSITIVE: readonly (readonly [part: string, kind: string])[] = [
  ['password', 'password'],
  ['passwd', 'password'],
  ['passphrase', 'password'],
  ['secret', 'secret'],
  ['apikey', 'api-key'],
  ['accesskey', 'api-key'],
  ['privatekey', 'private-key'],
  ['authorization', 'authorization'],
  ['credential', 'credential'],
  ['cookie', 'cookie'],
];

/** What a member's name announces; names are compared without case, separators and compatibility forms. */
export function sensitiveKind(key: string): string | undefined {
  const folded = foldKey(key).replace(/[\s_.-]/g, '');
  for (const [part, kind] of SENSITIVE) if (folded.includes(part)) return kind;
  if (folded === 'pwd' || folded === 'pass' || folded === 'auth') return 'password';
  // `max_tokens` and `tokenizer` are settings; what ends in `token` is taken for one.
  return folded.endsWith('token') ? 'token' : undefined;
}

function redactText(text: string, known: readonly string[]): string {
  let shown = text;
  for (const secret of known) shown = shown.replaceAll(secret, '[redacted:secret]');
  return redactCards(redactPatterns(shown));
}

function redactNumber(value: number, known: readonly string[]): JsonValue {
  const digits = String(value);
  if (isCardNumber(digits)) return '[redacted:card]';
  return known.some((secret) => digits.includes(secret)) ? '[redacted:secret]' : value;
}

/** What `encodeURIComponent` throws on. */
const LONE_SURROGATE = /\p{Surrogate}/gu;

/** The secrets as they are and as they look inside JSON, URLs and base64; longest first, as one can hold another. */
function spellingsOf(secrets: readonly string[]): readonly string[] {
  const spellings = new Set<string>();
  for (const secret of secrets.slice(0, REDACT_SECRETS_MAX)) {
    if (secret.length < SECRET_CHARS_MIN) continue;
    const bytes = Buffer.from(secret);
    spellings
      .add(secret)
      .add(JSON.stringify(secret).slice(1, -1))
      .add(encodeURIComponent(secret.replace(LONE_SURROGATE, '\ufffd')));
    spellings.add(bytes.toString('base64')).add(bytes.toString('base64url'));
  }
  return [...spellings].sort((a, b) => b.length - a.length);
}

function isEmpty(value: JsonValue): boolean {
  return value === null || value === '' || typeof value === 'boolean';
}
