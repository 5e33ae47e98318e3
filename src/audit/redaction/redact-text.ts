import { parseJson, type JsonValue } from '../../platform/json.js';
import { redactCards } from './card-numbers.js';
import type { DetectorsOff } from './detectors.js';
import { redactEmails } from './email.js';
import { redactEscapedWords, textOfBase64 } from './encoded-text.js';
import { markedKind, type Take } from './finding.js';
import { redactIbans } from './iban.js';
import type { KnownSecrets } from './known-secrets.js';
import { redactPatterns } from './secret-patterns.js';

/** What one text is looked through with. */
export interface TextRedaction {
  readonly known: KnownSecrets;
  readonly off: DetectorsOff;
  readonly take: Take;
  /** Whether this much more may be decoded; what is asked for counts. */
  readonly mayDecode: (chars: number) => boolean;
  /** Redacts a value that a text turned out to hold as JSON, one level deeper. */
  readonly inside: (value: JsonValue) => JsonValue;
  /** Redacts a text that a text turned out to encode, one level deeper. */
  readonly decoded: (text: string) => string;
  /** Whether another level may be opened. */
  readonly opens: boolean;
}

/** The text without the secrets that it holds as it is, in JSON, in URL escapes or as a whole in base64. */
export function redactText(text: string, redaction: TextRedaction): string {
  const { known, off, take } = redaction;
  const shown = known.replace(text, (found) => take('secret', found));
  const opened = redaction.opens ? open(shown, redaction) : undefined;
  if (opened !== undefined) return opened;
  const escaped = redaction.opens ? openEscapes(shown, redaction) : shown;
  return redactShapes(escaped, take, off);
}

/** Without what gives itself away by its shape. */
function redactShapes(text: string, take: Take, off: DetectorsOff): string {
  if (text.length < SHAPE_CHARS_LEAST) return text;
  let shown = redactPatterns(text, take, off);
  if (!off.has('card')) shown = redactCards(shown, take);
  if (!off.has('iban')) shown = redactIbans(shown, take);
  return off.has('email') ? shown : redactEmails(shown, take);
}

/** No shape of a secret is shorter: `a@b.de`, `pwd=1`. */
const SHAPE_CHARS_LEAST = 5;

/** A text that is JSON or base64 as a whole, where there is a secret in it; undefined where not. */
function open(text: string, redaction: TextRedaction): string | undefined {
  return openJson(text, redaction) ?? openBase64(text, redaction);
}

function openJson(text: string, { inside, mayDecode }: TextRedaction): string | undefined {
  if (!/^\s{0,16}["{[]/.test(text) || !/["}\]]\s{0,16}$/.test(text.slice(-17))) return undefined;
  if (!mayDecode(text.length)) return undefined;
  const value = parseJson(text);
  if (value === undefined) return undefined;
  const before = JSON.stringify(value);
  const after = JSON.stringify(inside(value));
  return before === after ? undefined : after;
}

function openBase64(text: string, { decoded, mayDecode }: TextRedaction): string | undefined {
  const plain = textOfBase64(text);
  if (plain === undefined || !mayDecode(plain.length)) return undefined;
  const shown = decoded(plain);
  return shown === plain ? undefined : `[redacted:${markedKind(shown) ?? 'secret'}]`;
}

function openEscapes(text: string, { decoded, mayDecode }: TextRedaction): string {
  const read = (words: string): string => (mayDecode(words.length) ? decoded(words) : words);
  return redactEscapedWords(text, {
    alone: read,
    together: read,
    mark: (shown) => `[redacted:${markedKind(shown) ?? 'secret'}]`,
  });
}
