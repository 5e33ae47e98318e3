import { REDACT_BASE64_CHARS_MAX } from '../../platform/bounds.js';

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
const ESCAPES = /(?:%[0-9A-Fa-f]{2})+/g;

/** The text with each percent-encoded word given to `read`, decoded; what `read` leaves as it is stays encoded. */
export function eachEscapedWord(text: string, read: (decoded: string) => string): string {
  if (!text.includes('%')) return text;
  return text.replace(WORD, (word) => {
    if (!word.includes('%')) return word;
    const decoded = word.replace(ESCAPES, (escapes) =>
      Buffer.from(escapes.replaceAll('%', ''), 'hex').toString('utf8'),
    );
    const shown = read(decoded);
    return shown === decoded ? word : shown;
  });
}
