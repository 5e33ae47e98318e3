import { type FileHandle, open, stat } from 'node:fs/promises';
import { AUDIT_LINE_BYTES_MAX, AUDIT_READ_BYTES } from '../platform/bounds.js';
import { GuardError, messageOf, systemErrorCode } from '../platform/errors.js';
import { createLineCutter, entriesOf, type LogEntry, tooLong } from './line-cutter.js';

/** A log that is open for reading. */
export interface OpenLog {
  readonly handle: FileHandle;
  /** Bytes when it was opened. */
  readonly size: number;
  readonly device: number;
  readonly inode: number;
}

/**
 * Opens a log for reading; undefined where there is no such file.
 * Throws GuardError `audit-unreadable` for anything but a regular file and where the system refuses.
 */
export async function openLog(path: string): Promise<OpenLog | undefined> {
  try {
    // A named pipe would block on opening, so it is looked at first.
    if (!(await stat(path)).isFile())
      throw new GuardError('audit-unreadable', `the audit log ${path} is not a regular file`);
    const handle = await open(path, 'r');
    const { size, dev, ino } = await handle.stat();
    return { handle, size, device: dev, inode: ino };
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw unreadable(path, error);
  }
}

/**
 * Reads an open log from its start to its end, in batches, and closes it. Memory is bounded by
 * AUDIT_READ_BYTES and one line. Lines that are no records are reported where they stand and end nothing.
 * Throws GuardError `audit-unreadable`.
 */
export async function* readLog(
  { handle }: OpenLog,
  path: string,
  signal?: AbortSignal,
): AsyncGenerator<readonly LogEntry[]> {
  const cutter = createLineCutter();
  const buffer = Buffer.allocUnsafe(AUDIT_READ_BYTES);
  try {
    for (let offset = 0; ;) {
      const { bytesRead } = await readAt(handle, buffer, offset, path);
      if (bytesRead === 0 || signal?.aborted === true) break;
      offset += bytesRead;
      yield cutter.push(buffer.subarray(0, bytesRead));
    }
    yield cutter.end();
  } finally {
    await handle.close();
  }
}

/** Entries of a log from its end to its start, and where the last whole line ends. */
export interface BackwardReading {
  /** Offset behind the last line feed: where a follower goes on. */
  readonly end: number;
  /** Batches, each in reverse order. Entries know their offset, not their line. */
  entries(): AsyncGenerator<readonly LogEntry[]>;
}

/** Reads the last whole lines first. An unfinished last line is left to the follower. */
export async function readLogBackwards(log: OpenLog, path: string): Promise<BackwardReading> {
  const buffer = Buffer.allocUnsafe(AUDIT_READ_BYTES);
  const end = await endOfLastLine(log, path, buffer);
  return {
    end,
    async *entries() {
      /** Bytes of a line whose start was not reached yet, in file order. */
      let pieces: Buffer[] = [];
      let held = 0;
      const finish = (first: Buffer, offset: number): LogEntry[] => {
        const size = first.length + held;
        const whole = Buffer.concat([first, ...pieces]);
        pieces = [];
        held = 0;
        const place = { line: undefined, offset };
        return size > AUDIT_LINE_BYTES_MAX
          ? [tooLong(size, place)]
          : entriesOf(whole.toString('utf8'), place);
      };
      // The line feed at `end` closes the last line and is no line of its own.
      for (let start = end - 1; start > 0;) {
        const from = Math.max(0, start - AUDIT_READ_BYTES);
        const { bytesRead } = await readAt(log.handle, buffer, from, path, start - from);
        // The file was truncated while it was read.
        if (bytesRead < start - from) return;
        const entries: LogEntry[] = [];
        let to = bytesRead;
        for (let at = lastLineFeed(buffer, to); at !== -1; at = lastLineFeed(buffer, at)) {
          entries.push(...finish(buffer.subarray(at + 1, to), from + at + 1).toReversed());
          to = at;
        }
        held += to;
        if (held > AUDIT_LINE_BYTES_MAX) pieces = [];
        else pieces.unshift(Buffer.from(buffer.subarray(0, to)));
        start = from;
        if (start === 0) entries.push(...finish(Buffer.alloc(0), 0).toReversed());
        yield entries;
      }
    },
  };
}

/** Reads at an offset; throws GuardError `audit-unreadable` where the system refuses. */
export async function readAt(
  handle: FileHandle,
  buffer: Buffer,
  offset: number,
  path: string,
  length = buffer.length,
): Promise<{ readonly bytesRead: number }> {
  try {
    return await handle.read(buffer, 0, length, offset);
  } catch (error) {
    throw unreadable(path, error);
  }
}

async function endOfLastLine(log: OpenLog, path: string, buffer: Buffer): Promise<number> {
  for (let to = log.size; to > 0;) {
    const from = Math.max(0, to - AUDIT_READ_BYTES);
    const { bytesRead } = await readAt(log.handle, buffer, from, path, to - from);
    const at = lastLineFeed(buffer, bytesRead);
    if (at !== -1) return from + at + 1;
    to = from;
  }
  return 0;
}

/** The last line feed before `before`; -1 where there is none. */
function lastLineFeed(buffer: Buffer, before: number): number {
  return before === 0 ? -1 : buffer.lastIndexOf(0x0a, before - 1);
}

function unreadable(path: string, error: unknown): GuardError {
  if (error instanceof GuardError) return error;
  const hint =
    systemErrorCode(error) === 'EACCES' ? 'only its owner may read the log: run as that user' : undefined;
  return new GuardError('audit-unreadable', `cannot read the audit log ${path}: ${messageOf(error)}`, {
    cause: error,
    ...(hint === undefined ? {} : { hint }),
  });
}
