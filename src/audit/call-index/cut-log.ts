import { CALL_INDEX_PIECE_BYTES } from '../../platform/bounds.js';
import { type OpenLog, readAt } from '../reader.js';

/** A part of a file that begins at the start of a line. */
export interface Cut {
  readonly from: number;
  readonly to: number;
  /**
   * Whether it ends with a line and no longer grows. The last part of a file that does is read anew
   * each time, and so is what stands behind a line that is larger than a piece.
   */
  readonly isWhole: boolean;
}

/**
 * Cuts a file into pieces of at most CALL_INDEX_PIECE_BYTES, always at the same places: only what is
 * behind the last whole piece changes as it grows. Reads little of it. Throws GuardError `audit-unreadable`.
 */
export async function cutLog(log: OpenLog, path: string, isCurrent: boolean): Promise<readonly Cut[]> {
  const cuts: Cut[] = [];
  const buffer = Buffer.allocUnsafe(LOOK_BYTES);
  let from = 0;
  while (log.size - from > CALL_INDEX_PIECE_BYTES) {
    const to = await lastLineEnd(log, path, buffer, from);
    if (to === undefined) return [...cuts, { from, to: log.size, isWhole: false }];
    cuts.push({ from, to, isWhole: true });
    from = to;
  }
  if (from === log.size) return cuts;
  const { bytesRead } = await readAt(log.handle, buffer, log.size - 1, path, 1);
  const isEnded = bytesRead === 1 && buffer[0] === LINE_FEED;
  return [...cuts, { from, to: log.size, isWhole: isEnded && !isCurrent }];
}

const LINE_FEED = 0x0a;
const LOOK_BYTES = 64 * 1024;

/** Behind the last line that ends within a piece that begins at `from`; undefined where none does. */
async function lastLineEnd(
  log: OpenLog,
  path: string,
  buffer: Buffer,
  from: number,
): Promise<number | undefined> {
  for (let end = from + CALL_INDEX_PIECE_BYTES; end > from;) {
    const start = Math.max(from, end - LOOK_BYTES);
    const { bytesRead } = await readAt(log.handle, buffer, start, path, end - start);
    const feed = bytesRead === 0 ? -1 : buffer.lastIndexOf(LINE_FEED, bytesRead - 1);
    if (feed !== -1) return start + feed + 1;
    end = start;
  }
  return undefined;
}
