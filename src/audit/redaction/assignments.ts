import type { Take } from './finding.js';

/** How much behind a name is its value. */
type Extent =
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

/** What is looked for among the assignments of a text. */
export interface Assignments {
  /** How much belongs to the value of this name; undefined for a name that announces nothing. */
  readonly extentOf: (name: string) => Extent | undefined;
  /** What a value is by its first ASSIGNED_HEAD_CHARS; undefined where it is to be left. */
  readonly kindOf: (name: string, head: string, extent: Extent) => string | undefined;
  readonly take: Take;
}

/** So much of a value is looked at to tell what it is; one that is longer than keys are shows by its head being full. */
const ASSIGNED_HEAD_CHARS = 257;

/**
 * The text with what `take` makes of the values of its assignments: `NAME=value`, `"name": "value"`,
 * `Name: value`. Found from their separators, before which a bounded name and behind which a bounded part of
 * one value is looked at; what was taken is not searched again, and where a value ends is not looked for again
 * inside it, so that the time is linear.
 */
export function replaceAssigned(text: string, { extentOf, kindOf, take }: Assignments): string {
  let shown = '';
  let from = 0;
  const separator = /[:=]/g;
  const known = new Map<string, Extent | undefined>();
  const ends: Ends = { run: { start: 0, end: -1 }, closing: new Map() };
  for (let found = separator.exec(text); found !== null; found = separator.exec(text)) {
    const name = nameBefore(text, found.index, from);
    const extent = name.length < NAME_CHARS_LEAST ? undefined : remembered(name, known, extentOf);
    if (extent === undefined) continue;
    const [start, end] = valueBehind(text, found.index + 1, extent, ends);
    const head = text.slice(start, Math.min(end, start + ASSIGNED_HEAD_CHARS));
    const kind = head === '' ? undefined : kindOf(name, head, extent);
    // Of what is no key, a part may be an assignment of its own; it is short.
    if (kind === undefined && extent !== 'line') continue;
    shown +=
      text.slice(from, start) +
      (kind === undefined ? text.slice(start, end) : take(kind, text.slice(start, end)));
    from = end;
    separator.lastIndex = end;
  }
  return from === 0 ? text : shown + text.slice(from);
}

/** What is known of where values end. */
interface Ends {
  readonly run: Run;
  /** The next closing quote behind the last place that was asked for, by the pattern of such quotes. */
  readonly closing: Map<RegExp, number>;
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

function valueBehind(
  text: string,
  behind: number,
  extent: Extent,
  { run, closing }: Ends,
): [start: number, end: number] {
  let start = text[behind] === '>' ? behind + 1 : behind;
  const blanks = start;
  while (start - blanks < BLANKS_MOST && isBlank(text[start])) start += 1;
  const quotes = start;
  while (start - quotes < QUOTES_MOST && isQuote(text[start])) start += 1;
  if (extent === 'value' && start > quotes) {
    const end = closingBehind(text, start, text[start - 1] === "'" ? SINGLE : DOUBLE, closing);
    if (end > start && end < start + QUOTED_CHARS) return [start, end];
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
const SINGLE = /['\\\r\n]/g;
const DOUBLE = /["\\\r\n]/g;

/** The first closing quote from here on, or the end. Separators come in their order, so no part is searched twice. */
function closingBehind(text: string, start: number, quote: RegExp, closing: Map<RegExp, number>): number {
  const known = closing.get(quote) ?? -1;
  if (known >= start) return known;
  quote.lastIndex = start;
  const end = quote.exec(text)?.index ?? text.length;
  closing.set(quote, end);
  return end;
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t';
}

function isQuote(character: string | undefined): boolean {
  return character === '"' || character === "'" || character === '\\' || character === '`';
}
