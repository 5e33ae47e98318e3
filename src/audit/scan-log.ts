import { AUDIT_LINE_BYTES_MAX } from '../platform/bounds.js';
import { type GuardError, isGuardError } from '../platform/errors.js';
import { type LinesBlock, readBlocks, readBlocksBackwards } from './blocks.js';
import { type LaidOut, readLayout } from './layout.js';
import { entriesOf, type LogEntry, tooLong } from './line-cutter.js';
import type { Filter } from './filter.js';
import type { TextFinder } from './find-text.js';
import { openSegment } from './open-segment.js';
import type { RecordView } from './record-view.js';
import type { Segment } from './segments.js';

/** A record in a log that is being scanned. */
export interface ScannedLine {
  /** Holds on to a whole block: what is to be kept for longer has to be copied. */
  readonly view: RecordView;
  /** The line without its line feed, as a text of its own. */
  text(): string;
  /** The same, perhaps as a part of its block: for use while the block is scanned. */
  textNow(): string;
  /** Whether the line contains the text that is looked for. */
  found(): boolean;
  /** Bytes of the line, or about as many. */
  readonly length: number;
}

/** A line that is no record, and the file in which it stands. */
export interface Trouble {
  readonly path: string;
  readonly entry: Extract<LogEntry, { readonly kind: 'trouble' }>;
}

export interface ScanOptions {
  /** The files in the order of their age, the oldest first. */
  readonly segments: readonly Segment[];
  /** True to read the last line of the last file first. */
  readonly reverse: boolean;
  readonly filter: Pick<Filter, 'needle' | 'finder'>;
  readonly onRecord: (line: ScannedLine) => void;
  readonly onTrouble: (trouble: Trouble) => void;
  /** A file that cannot be read; the scan goes on with the next one. */
  readonly onUnreadable: (error: GuardError) => void;
}

/**
 * Reads the records of a log, all its files as one, and yields after each block how many bytes were
 * done: there a caller writes out, looks at its signal or stops. Lines in the layout of the encoder
 * are not parsed. Memory is bounded by one block. A file that is gone by now was pruned and is left out.
 */
export async function* scanLog(options: ScanOptions): AsyncGenerator<number> {
  const { reverse } = options;
  let done = 0;
  for (const segment of reverse ? options.segments.toReversed() : options.segments) {
    const before = done;
    try {
      for await (const bytes of scanSegment(segment, options)) {
        done += bytes;
        yield Math.min(done, before + segment.size);
      }
    } catch (error) {
      if (!isGuardError(error)) throw error;
      options.onUnreadable(error);
    }
    done = before + segment.size;
  }
}

async function* scanSegment(segment: Segment, options: ScanOptions): AsyncGenerator<number> {
  const log = await openSegment(segment);
  if (log === undefined) return;
  const { path } = log;
  try {
    const blocks = options.reverse ? readBlocksBackwards(log, path) : readBlocks(log, path);
    for await (const block of blocks) {
      if (block.kind === 'lines') {
        scanLines(block, path, options);
        yield block.text.length;
      } else if (block.kind === 'part') {
        yield 0;
      } else {
        const { size, offset } = block;
        report(tooLong(size, { line: undefined, offset }), path, options);
        yield size + 1;
      }
    }
  } finally {
    await log.handle.close();
  }
}

/** A block whose lines are being read. */
interface Scanned {
  readonly text: string;
  readonly offset: number;
  readonly path: string;
  readonly finder: TextFinder | undefined;
  readonly findPlain: ReturnType<TextFinder['inPlainLines']> | undefined;
  readonly options: LineOptions;
}

/** What is done with the lines of a block. */
export type LineOptions = Pick<ScanOptions, 'reverse' | 'filter' | 'onRecord' | 'onTrouble'>;

/** Reads the lines of one block of the file at this path. */
export function scanLines({ text, offset }: LinesBlock, path: string, options: LineOptions): void {
  const { needle, finder } = options.filter;
  const block: Scanned = { text, offset, path, finder, findPlain: finder?.inPlainLines(text), options };
  const next = nextLine(text, needle);
  if (!options.reverse) {
    for (let at = next(0); at < text.length; at = next(at)) at = scanLine(block, at);
    return;
  }
  const starts: number[] = [];
  for (let at = next(0); at < text.length; at = next(endOf(text, at) + 1)) starts.push(at);
  for (let index = starts.length - 1; index >= 0; index -= 1) scanLine(block, starts[index] as number);
}

/**
 * Finds the next line, from the one at `at` on, that can hold the needle. A backslash may stand for any
 * character of it, as nobody but the encoder has to write plain text plainly.
 */
function nextLine(text: string, needle: string | undefined): (at: number) => number {
  if (needle === undefined) return (at) => at;
  let hit = -1;
  let escape = -1;
  return (at) => {
    if (hit < at) hit = indexOrEnd(text, needle, at);
    if (escape < at) escape = indexOrEnd(text, '\\', at);
    const nearest = Math.min(hit, escape);
    return nearest >= text.length ? text.length : text.lastIndexOf('\n', nearest) + 1;
  };
}

function indexOrEnd(text: string, wanted: string, at: number): number {
  const index = text.indexOf(wanted, at);
  return index === -1 ? text.length : index;
}

/** Reads the line at `at`; says where the next one begins. */
function scanLine(block: Scanned, at: number): number {
  const { text, options } = block;
  const laidOut = readLayout(text, at);
  // A block can hold more than a longest line.
  if (laidOut !== undefined && withoutFeed(text, laidOut.end) - at <= AUDIT_LINE_BYTES_MAX) {
    options.onRecord(new LaidOutLine(laidOut, block, at));
    return laidOut.end;
  }
  const end = endOf(text, at);
  const place = { line: undefined, offset: block.offset + at };
  const entries =
    end - at > AUDIT_LINE_BYTES_MAX
      ? [tooLong(end - at, place)]
      : entriesOf(utf8(text.slice(at, end)), place);
  for (const entry of options.reverse ? entries.toReversed() : entries) {
    if (entry.kind === 'trouble') report(entry, block.path, options);
    else options.onRecord(parsedLine(entry, block.finder));
  }
  return end + 1;
}

function report(entry: LogEntry, path: string, { onTrouble }: LineOptions): void {
  if (entry.kind === 'trouble') onTrouble({ path, entry });
}

function endOf(text: string, at: number): number {
  return indexOrEnd(text, '\n', at);
}

/** Where a line ends, without its line feed if it has one. */
function withoutFeed(text: string, end: number): number {
  return text.charCodeAt(end - 1) === 0x0a ? end - 1 : end;
}

class LaidOutLine implements ScannedLine {
  readonly view: RecordView;
  readonly #laidOut: LaidOut;
  readonly #block: Scanned;
  readonly #from: number;

  constructor(laidOut: LaidOut, block: Scanned, from: number) {
    this.view = laidOut.view;
    this.#laidOut = laidOut;
    this.#block = block;
    this.#from = from;
  }

  get length(): number {
    return this.#laidOut.end - this.#from;
  }

  found(): boolean {
    const { finder, findPlain } = this.#block;
    if (finder === undefined || findPlain === undefined) return true;
    return this.#laidOut.isPlain() ? findPlain(this.#from, this.#to()) : finder.inText(this.text());
  }

  text(): string {
    return utf8(this.#line());
  }

  textNow(): string {
    return this.#laidOut.isPlain() ? this.#line() : this.text();
  }

  /** The bytes of the line, one per character. */
  #line(): string {
    return this.#block.text.slice(this.#from, this.#to());
  }

  #to(): number {
    return withoutFeed(this.#block.text, this.#laidOut.end);
  }
}

function parsedLine(
  { record, text }: Extract<LogEntry, { readonly kind: 'record' }>,
  finder: TextFinder | undefined,
): ScannedLine {
  return {
    view: record,
    length: text.length,
    found: () => finder === undefined || finder.inText(text),
    text: () => text,
    textNow: () => text,
  };
}

function utf8(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
