import { AUDIT_DETAIL_BYTES_MAX, AUDIT_FIELD_CHARS_MAX, AUDIT_LIST_MAX } from '../platform/bounds.js';
import { countText } from '../platform/count-text.js';
import { jsonEscapes } from '../platform/file-text.js';
import type { JsonValue } from '../platform/json.js';
import { escapeHostile } from '../platform/printable.js';

/**
 * How every record starts. Guard writes it nowhere else: inside values the same characters are
 * escaped, so that a reader can find a record that was glued to a torn line, and nothing that an
 * agent sends can pass for one.
 */
export const RECORD_START = '{"v":';
const RECORD_START_ESCAPED = String.raw`{"\u0076":`;

/** A string as JSON, cut at AUDIT_FIELD_CHARS_MAX with a visible mark, safe to show in a terminal. */
export function textJson(value: string): string {
  if (value.length <= AUDIT_FIELD_CHARS_MAX && isPlain(value)) return `"${value}"`;
  return quoted(boundedText(value));
}

/**
 * Whether JSON and a terminal both take the text as it stands: printable ASCII but for `"` and `\`. A
 * loop, since ids are joined from pieces, on which V8 runs a regular expression the slow way.
 */
function isPlain(value: string): boolean {
  for (let index = 0; index < value.length; index += 1) {
    const unit = value.charCodeAt(index);
    if (unit < 0x20 || unit > 0x7e || unit === 0x22 || unit === 0x5c) return false;
  }
  return true;
}

/** As `textJson`; null and undefined become `null`. */
export function nullableTextJson(value: string | null | undefined): string {
  return value === null || value === undefined ? 'null' : textJson(value);
}

/** A JSON-RPC id: a number as it is, a string as `textJson` has it. */
export function idJson(id: string | number | null): string {
  if (id === null) return 'null';
  return typeof id === 'number' ? numberJson(id) : textJson(id);
}

/** A number as JSON.stringify has it: what is not finite becomes null. */
export function numberJson(value: number): string {
  if (Number.isInteger(value) && value >= 0) return countText(value);
  return Number.isFinite(value) ? String(value) : 'null';
}

/** Milliseconds as a record holds them: three decimals. */
export function millisecondsJson(milliseconds: number): string {
  const microseconds = Math.round(milliseconds * 1000);
  const isShort = microseconds >= 0 && microseconds <= MICROSECONDS_SHORT;
  if (!isShort) return numberJson(microseconds / 1000);
  const whole = Math.trunc(microseconds / 1000);
  return whole + (FRACTIONS[microseconds - whole * 1000] as string);
}

/** Up to here whole milliseconds and their fraction can be written one after the other. */
const MICROSECONDS_SHORT = 1e12;
/** The fractions of a millisecond as JSON has them: `''`, `.001` … `.999`. */
const FRACTIONS = Array.from({ length: 1000 }, (_none, fraction) => String(fraction / 1000).slice(1));

/** A list of texts; what is beyond AUDIT_LIST_MAX items becomes one item that counts them. */
export function listJson(values: readonly string[]): string {
  return `[${boundedList(values, countMark).map(textJson).join(',')}]`;
}

/** A whole JSON value, not shortened, safe to show in a terminal. */
export function valueJson(value: JsonValue): string {
  if (value === null) return 'null';
  const text = escapeHostile(JSON.stringify(value), jsonEscapes);
  return text.includes(RECORD_START) ? text.replaceAll(RECORD_START, RECORD_START_ESCAPED) : text;
}

/** JSON text from anywhere made safe to show; it means the same. */
export function shownJson(json: string): string {
  return escapeHostile(json, jsonEscapes);
}

/** As `valueJson`; a value above AUDIT_DETAIL_BYTES_MAX is left out and said to be. */
export function detailJson(value: JsonValue): string {
  const text = valueJson(value);
  return text.length * 3 > AUDIT_DETAIL_BYTES_MAX && Buffer.byteLength(text) > AUDIT_DETAIL_BYTES_MAX
    ? omittedJson(text)
    : text;
}

/** What stands in a record for a value that is too large; `size` is its bytes as JSON. */
export function omittedJson(text: string): string {
  return `{"omitted":"too large","size":${Buffer.byteLength(text)}}`;
}

/** The text as a record holds it: cut at AUDIT_FIELD_CHARS_MAX, never inside a surrogate pair. */
function boundedText(value: string): string {
  if (value.length <= AUDIT_FIELD_CHARS_MAX) return value;
  const last = value.charCodeAt(AUDIT_FIELD_CHARS_MAX - 1);
  const end = last >= 0xd8_00 && last <= 0xdb_ff ? AUDIT_FIELD_CHARS_MAX - 1 : AUDIT_FIELD_CHARS_MAX;
  return `${value.slice(0, end)}…(+${value.length - end} chars)`;
}

/** The list as a record holds it: AUDIT_LIST_MAX items, then what `mark` makes of the number left out. */
export function boundedList<T>(values: readonly T[], mark: (more: number) => T): readonly T[] {
  if (values.length <= AUDIT_LIST_MAX) return values;
  return [...values.slice(0, AUDIT_LIST_MAX), mark(values.length - AUDIT_LIST_MAX)];
}

/** The last item of a list that was cut. */
export function countMark(more: number): string {
  return `…(+${more} more)`;
}

function quoted(value: string): string {
  return escapeHostile(JSON.stringify(value), jsonEscapes);
}
