import { replaceAssigned } from './assignments.js';
import type { DetectorsOff } from './detectors.js';
import { isMark, type Take } from './finding.js';
import { PROVIDER_KEYS } from './provider-keys.js';
import { announcesKey, looksRandom } from './random-text.js';

/**
 * Texts that give themselves away as secrets. Every pattern ends with its only unbounded part and
 * everything before that is bounded, so that no input makes a search go back: the time is linear.
 */
export function redactPatterns(text: string, take: Take, off: DetectorsOff): string {
  let shown = off.has('private_key') ? text : redactKeyBlocks(text, take);
  if (!off.has('url_password')) shown = redactUrls(shown, take);
  if (!off.has('api_key')) shown = redactKeys(shown, take);
  // Before what would take the whole of a header: a token says best what it is.
  if (!off.has('jwt')) shown = redactTokens(shown, take);
  if (!off.has('authorization')) shown = redactAuthorization(shown, take);
  return redactAssignments(shown, take, off);
}

function redactKeys(text: string, take: Take): string {
  let shown = text;
  for (const { kind, needles, pattern } of PROVIDER_KEYS) {
    if (!needles.some((needle) => shown.includes(needle))) continue;
    shown = shown.replace(pattern, (found) => take(kind, found));
  }
  return shown;
}

const KEY_BLOCK = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;
const KEY_BLOCK_END = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;

/** A private key that does not end is one all the same. */
function redactKeyBlocks(text: string, take: Take): string {
  if (!text.includes('-----BEGIN ')) return text;
  let shown = '';
  let from = 0;
  KEY_BLOCK.lastIndex = 0;
  for (let start = KEY_BLOCK.exec(text); start !== null; start = KEY_BLOCK.exec(text)) {
    shown += text.slice(from, start.index);
    KEY_BLOCK_END.lastIndex = KEY_BLOCK.lastIndex;
    from = KEY_BLOCK_END.exec(text) === null ? text.length : KEY_BLOCK_END.lastIndex;
    shown += take('private-key', text.slice(start.index, from));
    KEY_BLOCK.lastIndex = from;
  }
  return shown + text.slice(from);
}

/** What stands before the host of a URL, where it holds a password. */
const USER_INFO = /:\/\/[^\s/@:?#"'<>]{0,128}:([^\s/@"'<>]{1,256})@/g;

function redactUrls(text: string, take: Take): string {
  if (!text.includes('://')) return text;
  return text.replace(USER_INFO, (found, password: string) =>
    isMark(password) ? found : `://${take('url-password', found.slice('://'.length, -1))}@`,
  );
}

/** JSON Web Tokens: looked for inside runs of their characters, each of which is read once. */
function redactTokens(text: string, take: Take): string {
  if (!text.includes('eyJ')) return text;
  return text.replace(/[\w.-]+/g, (run) => {
    const start = run.indexOf('eyJ');
    // A header alone is no token; encrypted ones have four dots, unsecured ones end with one.
    const parts = start === -1 ? [] : run.slice(start).split('.');
    return parts.length >= 3 ? run.slice(0, start) + take('jwt', run.slice(start)) : run;
  });
}

const BEARER = /\b(bearer[ \t]{1,8})([\w.~+/=-]{6}[\w.~+/=-]*)/gi;
/** The scheme of RFC 7617: base64 of `user:password`. */
const BASIC = /\b(basic[ \t]{1,8})([A-Za-z0-9+/_-]{6}[A-Za-z0-9+/_-]*={0,2})/gi;
function redactAuthorization(text: string, take: Take): string {
  return text
    .replace(BEARER, (_found, scheme: string, value: string) => scheme + take('bearer', value))
    .replace(BASIC, (found, scheme: string, value: string) =>
      Buffer.from(value.slice(0, BASIC_CHARS), 'base64').includes(0x3a)
        ? scheme + take('basic-auth', value)
        : found,
    );
}

/** So much of a basic value is looked at for the colon between user and password. */
const BASIC_CHARS = 512;

/** What a name in a text announces; its value is taken whole or, of a header, with its line. */
function kindOf(name: string, off: DetectorsOff): string | undefined {
  if (HEADER.test(name)) return off.has('authorization') ? undefined : 'authorization';
  if (off.has('password')) return undefined;
  return ANNOUNCES.test(name) && !SETTING.test(name) ? 'password' : undefined;
}

const HEADER = /(?:^|[-_.])(?:authorization|x-api-key|x-auth-token|set-cookie|cookie)$/i;
const ANNOUNCES =
  /passw(?:or)?d|passphrase|secret|api[_-]?key|access[_-]?key|account[_-]?key|private[_-]?key|token|(?:^|[_.-])(?:pwd|pass|sig|signature)$/i;
/** Names of settings that hold such a word and no secret. */
const SETTING =
  /(?:tokens|tokenizer|length|policy|count|limit|size|expiry|expires|expires_?in|expires_?at|required|enabled)$/i;

/** Options of command lines: `--password VALUE`. */
const OPTION =
  /((?:^|\s)--?[\w-]{0,20}(?:password|passwd|passphrase|secret|token|api-?key|access-?key)[ \t]{1,4}["']?)([^\s"'[-][^\s"']*)/gi;

function redactAssignments(text: string, take: Take, off: DetectorsOff): string {
  const isEntropic = !off.has('entropy');
  const assigned = replaceAssigned(text, {
    take,
    extentOf(name) {
      const kind = kindOf(name, off);
      if (kind !== undefined) return kind === 'authorization' ? 'line' : 'value';
      return isEntropic && announcesKey(name) ? 'key' : undefined;
    },
    kindOf(name, head, extent) {
      if (extent === 'key') return looksRandom(head) ? 'high-entropy' : undefined;
      const kind = kindOf(name, off) ?? 'password';
      if (head.slice(0, MARK_CHARS).includes('[redacted:')) return undefined;
      if (kind !== 'authorization' && isHarmless(head)) return undefined;
      return signs(name) ? 'signature' : kind;
    },
  });
  if (off.has('password') || !assigned.includes('-')) return assigned;
  return assigned.replace(OPTION, (_found, name: string, value: string) => name + take('password', value));
}

/** How far into a value is looked for a mark: each of the assignments in one long run looks ahead. */
const MARK_CHARS = 256;

function signs(name: string): boolean {
  return /(?:^|[_.-])(?:sig|signature)$/i.test(name);
}

/** What stands beside such a name and is no secret: types in code, booleans, nothing. */
function isHarmless(value: string): boolean {
  return /^(?:string|number|boolean|str|int|bool|true|false|null|none|undefined|required|optional|\*+|x{3,}|process\.env[\w.[\]]*|os\.environ.*)$/i.test(
    value.slice(0, 64),
  );
}
