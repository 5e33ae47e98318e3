/** How much behind a name is its value. */
export type Extent =
  /** To its closing quote, else to the first blank or delimiter. */
  | 'value'
  /** The same, and no longer than keys are. */
  | 'key'
  /** To the end of the line or of the quoted text: headers have values with blanks. */
  | 'line';

const NAME_CHARS = 64;
/** No name that announces a secret is shorter: `pwd`, `key`. */
const NAME_CHARS_LEAST = 3;
/** Names of one text that are remembered: texts repeat them. */
const NAMES_MOST = 256;
const BLANKS_MOST = 4;
const QUOTES_MOST = 8;
/** A quoted value that is longer is taken to its first blank only. */
const QUOTED_CHARS = 256;

const NAME = /[\w.-]/;
const VALUE = /[^\s"'&,;\\<>{}()]*/y;
const KEY = /[A-Za-z0-9+/_-]{0,257}={0,2}/y;
const LINE = /[^\r\n"'\\]*/y;

/**
 * The text with what `take` makes of the values of its assignments: `NAME=value`, `"name": "value"`,
 * `Name: value`. Found from their separators, before which a bounded name and behind which one value is
 * looked at; what was taken is not searched again, and a value that was left is not read to its end again,
 * so that the time is linear as long as `take` looks at a bounded part.
 */
export function replaceAssigned(
  text: string,
  extentOf: (name: string) => Extent | undefined,
  take: (name: string, value: string, extent: Extent) => string,
): string {
  let shown = '';
  let from = 0;
  const separator = /[:=]/g;
  const known = new Map<string, Extent | undefined>();
  const run: Run = { start: 0, end: -1 };
  for (let found = separator.exec(text); found !== null; found = separator.exec(text)) {
    const name = nameBefore(text, found.index, from);
    const extent = name.length < NAME_CHARS_LEAST ? undefined : remembered(name, known, extentOf);
    if (extent === undefined) continue;
    const [start, end] = valueBehind(text, found.index + 1, extent, run);
    const value = text.slice(start, end);
    const taken = value === '' ? value : take(name, value, extent);
    // Of what is no key, a part may be an assignment of its own; it is short.
    if (taken === value && extent !== 'line') continue;
    shown += text.slice(from, start) + taken;
    from = end;
    separator.lastIndex = end;
  }
  return from === 0 ? text : shown + text.slice(from);
}

/** A text without blanks and delimiters that was read already: values that lie in it end where it ends. */
interface Run {
  start: number;
  end: number;
}

function remembered(
  name: string,
  known: Map<string, Extent | undefined>,
  extentOf: (name: string) => Extent | undefined,
): Extent | undefined {
  if (known.has(name)) return known.get(name);
  const extent = extentOf(name);
  if (known.size < NAMES_MOST) known.set(name, extent);
  return extent;
}

/** The name that ends before this place, without blanks and quotes; never from what was replaced already. */
function nameBefore(text: string, separator: number, least: number): string {
  let end = separator;
  while (end > least && separator - end < BLANKS_MOST && isBlank(text[end - 1])) end -= 1;
  const quotes = end;
  while (end > least && quotes - end < QUOTES_MOST && isQuote(text[end - 1])) end -= 1;
  let start = end;
  while (start > least && end - start < NAME_CHARS && NAME.test(text[start - 1] ?? '')) start -= 1;
  return text.slice(start, end);
}

function valueBehind(text: string, behind: number, extent: Extent, run: Run): [start: number, end: number] {
  let start = text[behind] === '>' ? behind + 1 : behind;
  const blanks = start;
  while (start - blanks < BLANKS_MOST && isBlank(text[start])) start += 1;
  const quotes = start;
  while (start - quotes < QUOTES_MOST && isQuote(text[start])) start += 1;
  if (extent === 'value' && start > quotes) {
    const closing = text.slice(start, start + QUOTED_CHARS).search(closingOf(text[start - 1]));
    if (closing > 0) return [start, start + closing];
  }
  if (extent !== 'value') return [start, endOf(extent === 'key' ? KEY : LINE, text, start)];
  if (start < run.start || start > run.end) {
    run.start = start;
    run.end = endOf(VALUE, text, start);
  }
  return [start, run.end];
}

function endOf(pattern: RegExp, text: string, start: number): number {
  pattern.lastIndex = start;
  pattern.exec(text);
  return Math.max(start, pattern.lastIndex);
}

/** Escaped quotes close too: what stands in a text of JSON inside JSON. */
function closingOf(quote: string | undefined): RegExp {
  return quote === "'" ? /['\\\r\n]/ : /["\\\r\n]/;
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t';
}

function isQuote(character: string | undefined): boolean {
  return character === '"' || character === "'" || character === '\\' || character === '`';
}
