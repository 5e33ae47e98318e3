import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { AUDIT_HEAD_BYTES, AUDIT_READ_BYTES, AUDIT_SIBLINGS_MAX } from '../platform/bounds.js';
import { createLineCutter, type LineCutter, type LogEntry } from './line-cutter.js';
import { type OpenLog, openLog, readAt } from './reader.js';

/** One file that is read as it grows, through truncation, until it is closed. */
export interface FollowedFile {
  readonly device: number;
  readonly inode: number;
  /** What was appended since the last call, in batches. */
  read(): AsyncGenerator<readonly LogEntry[]>;
  /** What is left of an unfinished line; closes the file. */
  close(): Promise<readonly LogEntry[]>;
}

/** Follows a file from an offset at which a line begins. `note` is told of truncations. */
export function followFile(
  log: OpenLog,
  logPath: string,
  offset: number,
  note: (text: string) => void,
): FollowedFile {
  const { handle, device, inode } = log;
  const buffer = Buffer.allocUnsafe(AUDIT_READ_BYTES);
  let position = offset;
  let cutter: LineCutter = createLineCutter({ line: offset === 0 ? 1 : undefined, offset });
  let head: Buffer = Buffer.alloc(0);

  /** Truncation shows in the size, or in other first bytes where the file has grown again since. */
  async function isTruncated(): Promise<boolean> {
    if ((await handle.stat()).size < position) return true;
    return head.length > 0 && !head.equals(await headOf(log, logPath, head.length));
  }
  async function* readToEnd(from: OpenLog): AsyncGenerator<readonly LogEntry[]> {
    for (;;) {
      const { bytesRead } = await readAt(from.handle, buffer, position, logPath);
      if (bytesRead === 0) return;
      // Taken from what was read and not read again: by then the file may hold other bytes.
      if (position === head.length && position < AUDIT_HEAD_BYTES) {
        head = Buffer.concat([head, buffer.subarray(0, Math.min(bytesRead, AUDIT_HEAD_BYTES - position))]);
      }
      position += bytesRead;
      yield cutter.push(buffer.subarray(0, bytesRead));
    }
  }
  async function* readCopy(): AsyncGenerator<readonly LogEntry[]> {
    const copy = await findCopy(log, logPath, head, position);
    if (copy === undefined) {
      note(`${logPath} was truncated; what was written just before may stand only in its copy`);
      return;
    }
    try {
      yield* readToEnd(copy);
    } finally {
      await copy.handle.close();
    }
  }
  return {
    device,
    inode,
    async *read() {
      if (head.length === 0 && position > 0) {
        head = await headOf(log, logPath, Math.min(AUDIT_HEAD_BYTES, position));
      }
      if (await isTruncated()) {
        yield* readCopy();
        yield cutter.end();
        position = 0;
        head = Buffer.alloc(0);
        cutter = createLineCutter();
      }
      yield* readToEnd(log);
    },
    async close() {
      await handle.close();
      return cutter.end();
    },
  };
}

async function headOf(log: OpenLog, logPath: string, length: number): Promise<Buffer> {
  const head = Buffer.alloc(length);
  const { bytesRead } = await readAt(log.handle, head, 0, logPath);
  return head.subarray(0, bytesRead);
}

/**
 * The copy that was made of a file before it was truncated: it stands beside it, under a name that
 * begins the same way, begins with the same bytes and is at least as long as what was read.
 */
async function findCopy(
  log: OpenLog,
  logPath: string,
  head: Buffer,
  sizeMin: number,
): Promise<OpenLog | undefined> {
  if (head.length === 0) return undefined;
  const folder = path.dirname(logPath);
  const name = path.basename(logPath, path.extname(logPath));
  const names = (await readdir(folder).catch(() => [])).filter((other) => other.startsWith(name));
  for (const other of names.slice(0, AUDIT_SIBLINGS_MAX)) {
    const file = path.join(folder, other);
    const stats = await stat(file).catch(() => undefined);
    if (stats === undefined || !stats.isFile() || stats.size < sizeMin || stats.ino === log.inode) continue;
    const copy = await openLog(file).catch(() => undefined);
    if (copy === undefined) continue;
    if (head.equals(await headOf(copy, file, head.length))) return copy;
    await copy.handle.close();
  }
  return undefined;
}
