import { AUDIT_LOOK_BACK_BYTES_MAX, REQUEST_TIMEOUT_MS } from '../platform/bounds.js';
import { messageOf } from '../platform/errors.js';
import type { LogEntry } from './line-cutter.js';
import { type BackwardReading, type OpenLog, openLog, readLogBackwards } from './reader.js';
import { listSegments, type SegmentFile } from './segments.js';

/** Entries of one file, in reverse order. */
export interface BackwardBatch {
  readonly file: string;
  readonly entries: readonly LogEntry[];
}

export interface LookBack {
  /** Path of the log. */
  readonly path: string;
  /** Its current file and the reading of it; undefined where there is none at the moment. */
  readonly current: { readonly log: OpenLog; readonly reading: BackwardReading } | undefined;
  /** Wall-clock milliseconds before which nothing is asked for; undefined where no time is named. */
  readonly sinceMs: number | undefined;
  /** One line for the person: why older files are not read. */
  readonly note: (text: string) => void;
}

/**
 * Reads a log from its end to its start, over its rotated files, as far back as its caller goes on.
 * With a time rotated files that ended before it are not opened. Without one no more than
 * AUDIT_LOOK_BACK_BYTES_MAX of rotated files are read, and one of them in any case: what looks for
 * something rare must not read through years. A file that vanishes meanwhile was pruned, and one that
 * cannot be read is noted and passed over. Throws GuardError `audit-unreadable` for the current file.
 */
export async function* readSegmentsBackwards(look: LookBack): AsyncGenerator<BackwardBatch> {
  const { path, current, sinceMs, note } = look;
  if (current !== undefined) yield* batchesOf(path, current.reading);
  let bytes = 0;
  let oldest = path;
  for (const segment of (await rotatedFiles(look)).toReversed()) {
    if (sinceMs !== undefined && endedMs(segment) < sinceMs - REQUEST_TIMEOUT_MS) return;
    if (sinceMs === undefined && bytes > 0 && bytes + segment.size > AUDIT_LOOK_BACK_BYTES_MAX) {
      note(`earlier calls were looked for back to the start of ${oldest}; --since goes further`);
      return;
    }
    const log = await openLog(segment.path).catch((error: unknown) => note(messageOf(error)));
    if (log === undefined) continue;
    bytes += log.size;
    oldest = segment.path;
    try {
      yield* batchesOf(segment.path, await readLogBackwards(log, segment.path));
    } finally {
      await log.handle.close();
    }
  }
}

function endedMs({ rotatedMs = 0, writtenMs }: SegmentFile): number {
  return Math.max(rotatedMs, writtenMs);
}

/** Rotated files but for the one that was opened as the current one: it was rotated since. */
async function rotatedFiles({ path, current, note }: LookBack): Promise<readonly SegmentFile[]> {
  const opened = current?.log;
  const segments = await listSegments(path).catch((error: unknown) => note(messageOf(error)));
  return (segments ?? []).filter(
    (segment) => !segment.current && !(segment.inode === opened?.inode && segment.device === opened.device),
  );
}

async function* batchesOf(file: string, reading: BackwardReading): AsyncGenerator<BackwardBatch> {
  for await (const entries of reading.entries()) yield { file, entries };
}
