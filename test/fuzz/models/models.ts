import { CUT, CUT_FIRST, FIRST, GO, GO_FIRST, JAVA, LAST, UNIFIED } from './keys.js';
import * as lines from './lines.js';
import type { ReaderSwitches } from './reader.js';
import type { KeyRule } from './reading.js';

/** How one kind of server reads its stdin. */
export interface Model {
  readonly name: string;
  readonly lines: lines.LineReader;
  readonly reader: ReaderSwitches;
  readonly keys: KeyRule;
  /** The method that it looks up for a spelling. */
  readonly methodOf: (method: string) => string;
}

function exact(method: string): string {
  return method;
}

/** Routers that forgive: case, blanks, doubled and trailing slashes, compatibility characters. */
function forgiving(method: string): string {
  return method
    .split('\0', 1)
    .join('')
    .normalize('NFKC')
    .toLowerCase()
    .trim()
    .replaceAll(/\/(?:\.?\/)*/g, '/')
    .replaceAll(/^\/|\/$/g, '');
}

const STRICT: ReaderSwitches = {};
const PYTHON: ReaderSwitches = { nonFinite: true };
const STREAM: ReaderSwitches = { several: true };
const JSON5: ReaderSwitches = {
  nonFinite: true,
  laxNumbers: true,
  singleQuotes: true,
  rawControls: true,
  laxEscapes: true,
  words: true,
  comments: true,
  trailingCommas: true,
  bareKeys: true,
  wideBlanks: true,
};
const CARELESS: ReaderSwitches = { ...JSON5, anyHead: true, anyTail: true };

/** The plain reading, which must see exactly what guard judged. */
export const PLAIN_MODEL: Model = {
  name: 'JSON.parse per line',
  lines: lines.byLineFeed,
  reader: STRICT,
  keys: LAST,
  methodOf: exact,
};

/**
 * Readers that are known to exist, and some that are more lenient than any. Beyond what the
 * switches say, all of them run batches, requests without or with any id, lines of any version and
 * requests that are answers too, and turn a list of one name into that name.
 */
export const MODELS: readonly Model[] = [
  PLAIN_MODEL,
  { name: 'first key wins', lines: lines.byLineFeed, reader: STRICT, keys: FIRST, methodOf: exact },
  { name: 'Go decoder', lines: lines.byLineFeed, reader: STREAM, keys: GO, methodOf: exact },
  { name: 'Go map', lines: lines.byLineFeed, reader: STREAM, keys: GO_FIRST, methodOf: forgiving },
  { name: 'Java', lines: lines.byTrimmedLine, reader: CARELESS, keys: JAVA, methodOf: forgiving },
  { name: 'C strings', lines: lines.byLineFeedOrNul, reader: CARELESS, keys: CUT, methodOf: forgiving },
  {
    name: 'C strings, first wins',
    lines: lines.byLineFeed,
    reader: STREAM,
    keys: CUT_FIRST,
    methodOf: exact,
  },
  {
    name: 'Python text stream',
    lines: lines.byUniversalNewline,
    reader: PYTHON,
    keys: LAST,
    methodOf: exact,
  },
  { name: 'Python splitlines', lines: lines.byAnySeparator, reader: PYTHON, keys: LAST, methodOf: exact },
  { name: 'Python bytes', lines: lines.byGuessedEncoding, reader: PYTHON, keys: LAST, methodOf: exact },
  { name: 'lines by bytes', lines: lines.byAnySeparatorByte, reader: STRICT, keys: LAST, methodOf: exact },
  { name: 'trimmed lines', lines: lines.byTrimmedLine, reader: STRICT, keys: LAST, methodOf: forgiving },
  { name: 'JSON5', lines: lines.byLineFeed, reader: JSON5, keys: UNIFIED, methodOf: forgiving },
  { name: 'JSON5, CR lines', lines: lines.byUniversalNewline, reader: CARELESS, keys: LAST, methodOf: exact },
  { name: 'Content-Length', lines: lines.byContentLength, reader: STREAM, keys: LAST, methodOf: exact },
];
