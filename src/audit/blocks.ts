import { AUDIT_LINE_BYTES_MAX } from '../platform/bounds.js';
import { type OpenLog, readAt } from './reader.js';

export interface LinesBlock {
  readonly kind: 'lines';
  /** Where in the file the block begins, in bytes. */
  readonly offset: number;
  /** The bytes, one per character (latin1). Each line ends with its line feed but for an unfinished last one. */
  readonly text: string;
}

/** Some whole lines of a log, in file order, or word of a line that is too long to be one. */
export type Block =
  | LinesBlock
  | { readonly kind: 'too-long'; readonly offset: number; readonly size: number }
  /** A part of such a line was read: a caller that has enough need not wait for its end. */
  | { readonly kind: 'part' };

const LINE_FEED = 0x0a;
/** A longest line, its line feed and that of the line before. */
const BLOCK_BYTES = AUDIT_LINE_BYTES_MAX + 2;
const TEXT_BYTES = 96 * 1024;

/**
 * Reads a log in blocks, first to last, from an offset at which a line begins; what is appended after
 * it was opened is left out. The next block is read while one is looked at. Memory is bounded by two blocks. Throws GuardError `audit-unreadable`.
 */
export async function* readBlocks(log: OpenLog, path: string, from = 0): AsyncGenerator<Block> {
  const buffer = Buffer.allocUnsafe(BLOCK_BYTES);
  const read = (at: number): Promise<number> => readAhead(log, path, buffer, at, log.size);
  let reading = read(from);
  for (let offset = from; offset < log.size;) {
    const count = await reading;
    // The file was truncated while it was read.
    if (count === 0) return;
    const isLast = offset + count >= log.size;
    const end = isLast ? count : buffer.lastIndexOf(LINE_FEED, count - 1) + 1;
    const start = offset;
    const blocks = [...linesOf(buffer, 0, end, start)];
    offset = end > 0 ? start + end : yield* behindLine(log, path, buffer, start + count);
    reading = read(offset);
    if (end > 0) yield* blocks;
    else yield { kind: 'too-long', offset: start, size: offset - start - 1 };
  }
}

/** Reads a log in blocks, last to first; inside a block lines stand in file order. As `readBlocks` otherwise. */
export async function* readBlocksBackwards(log: OpenLog, path: string): AsyncGenerator<Block> {
  const buffer = Buffer.allocUnsafe(BLOCK_BYTES);
  const read = (to: number): Promise<number> =>
    readAhead(log, path, buffer, Math.max(0, to - BLOCK_BYTES), to);
  let reading = read(log.size);
  for (let end = log.size; end > 0;) {
    const from = Math.max(0, end - BLOCK_BYTES);
    const count = await reading;
    if (count < end - from) return;
    // The line feed at the very end closes the last line and begins none.
    const first = from === 0 ? 0 : buffer.subarray(0, count - 1).indexOf(LINE_FEED) + 1;
    const isWhole = from === 0 || first > 0;
    const blocks = isWhole ? [...linesOf(buffer, first, count, from)].toReversed() : [];
    const start = isWhole ? from + first : yield* startOfLine(log, path, buffer, from);
    const size = end - start - 1;
    end = start;
    reading = read(end);
    if (isWhole) yield* blocks;
    else yield { kind: 'too-long', offset: start, size };
  }
}

/**
 * The lines that stand in a part of the buffer, in file order, as texts of about TEXT_BYTES: V8 gives
 * larger ones pages of their own, which costs more than reading them. `at` is where in the file the buffer begins.
 */
export function* linesOf(buffer: Buffer, from: number, to: number, at: number): Generator<LinesBlock> {
  for (let start = from; start < to;) {
    const end = start + TEXT_BYTES < to ? endOfLines(buffer, start, to) : to;
    yield { kind: 'lines', offset: at + start, text: buffer.toString('latin1', start, end) };
    start = end;
  }
}

/** Behind the last line that ends within TEXT_BYTES, or behind the first one. */
function endOfLines(buffer: Buffer, start: number, to: number): number {
  const last = buffer.lastIndexOf(LINE_FEED, start + TEXT_BYTES - 1);
  if (last >= start) return last + 1;
  const first = buffer.subarray(start, to).indexOf(LINE_FEED);
  return first === -1 ? to : start + first + 1;
}

/** Starts to read; where nobody waits for it any more, that it failed is nobody's concern. */
function readAhead(log: OpenLog, path: string, buffer: Buffer, from: number, to: number): Promise<number> {
  const length = Math.min(BLOCK_BYTES, to - from);
  if (length <= 0) return Promise.resolve(0);
  const reading = readAt(log.handle, buffer, from, path, length).then(({ bytesRead }) => bytesRead);
  reading.catch(() => undefined);
  return reading;
}

/** Behind the line feed that ends the line which goes on at `offset`. */
async function* behindLine(
  log: OpenLog,
  path: string,
  buffer: Buffer,
  offset: number,
): AsyncGenerator<Block, number> {
  for (let at = offset; at < log.size;) {
    const count = await readAhead(log, path, buffer, at, log.size);
    if (count === 0) break;
    const end = buffer.subarray(0, count).indexOf(LINE_FEED);
    if (end !== -1) return at + end + 1;
    at += count;
    yield { kind: 'part' };
  }
  return log.size;
}

/** Where the line begins that goes on at `offset`. */
async function* startOfLine(
  log: OpenLog,
  path: string,
  buffer: Buffer,
  offset: number,
): AsyncGenerator<Block, number> {
  for (let end = offset; end > 0;) {
    const from = Math.max(0, end - BLOCK_BYTES);
    const count = await readAhead(log, path, buffer, from, end);
    const feed = count === 0 ? -1 : buffer.lastIndexOf(LINE_FEED, count - 1);
    if (feed !== -1) return from + feed + 1;
    end = from;
    yield { kind: 'part' };
  }
  return 0;
}
