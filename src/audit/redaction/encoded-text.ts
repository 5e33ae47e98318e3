import { REDACT_BASE64_CHARS_MAX, REDACT_WORDS_MAX } from '../../platform/bounds.js';

/** Fewer characters hold no secret worth the name. */
const BASE64_CHARS_LEAST = 12;
/** The first bytes tell text from pictures. */
const HEAD_CHARS = 64;

const BASE64 = /^(?:data:[\w.+/-]{0,80}(?:;[\w=.-]{0,80})?;base64,)?([A-Za-z0-9+/_-]+={0,2})$/;

/** The text that a whole value is the base64 of; undefined where it is none, is no text, or is too long. */
export function textOfBase64(value: string): string | undefined {
  const trimmed = value.trim();
  if (trimmed.length < BASE64_CHARS_LEAST || trimmed.length > REDACT_BASE64_CHARS_MAX) return undefined;
  const encoded = BASE64.exec(trimmed)?.[1];
  if (encoded === undefined || textOf(encoded.slice(0, HEAD_CHARS)) === undefined) return undefined;
  return textOf(encoded);
}

function textOf(encoded: string): string | undefined {
  // Whole groups of four: a head may be cut in the middle of a character.
  const bytes = Buffer.from(encoded, 'base64');
  const text = bytes.toString('utf8');
  // oxlint-disable-next-line no-control-regex -- what text does not hold is what this looks for
  const odd = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.test(text);
  const broken = text.indexOf('\ufffd');
  return odd || (broken !== -1 && broken < text.length - 2) ? undefined : text;
}

const WORD = /[^\s"'<>]+/g;
const ESCAPE = /%[0-9A-Fa-f]{2}/;
const ESCAPES = /(?:%[0-9A-Fa-f]{2})+/g;
/** No secret that anything looks for is shorter. */
const WORD_CHARS_LEAST = 4;
/** Holds words apart that are read together; no shape of a secret has it in it. */
const BETWEEN = '\n\u0000\n';
/** A word that may be JSON or base64 as a whole; what the whole of it encodes shows only alone. */
const WHOLE = /^["{[]|^[A-Za-z0-9+/_-]{12,}={0,2}$/;

/** How the decoded words of a text are redacted. */
export interface WordReaders {
  /** One that may be an encoding as a whole; asked for the first REDACT_WORDS_MAX of them. */
  readonly alone: (decoded: string) => string;
  /** All of them in one text: to read each by itself would take too long. */
  readonly together: (decoded: string) => string;
  /** What stands for a word where nobody can tell in which of them something was found. */
  readonly mark: (shown: string) => string;
}

/** The text with its percent-encoded words decoded where something was found in them; other words stay encoded. */
export function redactEscapedWords(text: string, { alone, together, mark }: WordReaders): string {
  if (!text.includes('%')) return text;
  /** What each word decodes to, in its place in the text. */
  const found: { readonly at: number; readonly word: string; readonly decoded: string }[] = [];
  const words: string[] = [];
  let left = REDACT_WORDS_MAX;
  for (const { 0: word, index: at } of text.matchAll(WORD)) {
    const decoded = decodedWord(word);
    if (decoded === undefined) continue;
    const isWhole = left > 0 && WHOLE.test(decoded);
    if (isWhole) left -= 1;
    found.push({ at, word, decoded });
    words.push(isWhole ? alone(decoded) : decoded);
  }
  if (words.length === 0) return text;
  const joined = words.join(BETWEEN);
  const shown = together(joined);
  const pieces = shown === joined ? words : shown.split(BETWEEN);
  // Something reached over the end of a word, such as a private key that does not end.
  const instead = pieces.length === words.length ? undefined : mark(shown);
  let result = '';
  let from = 0;
  for (const [index, { at, word, decoded }] of found.entries()) {
    const piece = instead ?? pieces[index] ?? '';
    if (piece === decoded) continue;
    result += text.slice(from, at) + piece;
    from = at + word.length;
  }
  return from === 0 ? text : result + text.slice(from);
}

/** Undefined for a word that encodes nothing, or nothing that could be a secret. */
function decodedWord(word: string): string | undefined {
  if (word.length < WORD_CHARS_LEAST || !ESCAPE.test(word)) return undefined;
  const decoded = word.replace(ESCAPES, (escapes) =>
    Buffer.from(escapes.replaceAll('%', ''), 'hex').toString('utf8'),
  );
  return decoded.length < WORD_CHARS_LEAST ? undefined : decoded;
}
