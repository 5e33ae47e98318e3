import { AUDIT_ROTATION_CHECK_MS } from '../platform/bounds.js';
import type { Clock } from '../platform/clock.js';
import {
  type LogFile,
  type LogFiles,
  type LogFileStatus,
  openLogFile,
  systemLogFiles,
  unwritable,
} from './log-file.js';
import { createSyncTimer } from './sync-timer.js';

/** When written records are forced onto the disk: within a second, before anything is forwarded, or never. */
type FsyncMode = 'interval' | 'always' | 'off';

export interface LogWriterOptions {
  /** Absolute path of the log. */
  readonly path: string;
  readonly fsync: FsyncMode;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly files?: LogFiles;
}

/** Appends whole lines to the log and stays with its path through rotation. */
export interface LogWriter {
  /** True when the file ended inside a line as it was opened: a writer was killed or the disk was full. */
  readonly endedTorn: boolean;
  /** Appends in one write; throws GuardError `audit-unwritable` when not all of it was written. */
  write(lines: Uint8Array): void;
  /** Of the bytes given to the last write, how many reached the file, also where the write failed. */
  readonly written: number;
  close(): void;
  /** True from a failed write or sync until one succeeds. */
  readonly failing: boolean;
  /** Failed syncs with `fsync: interval`, in total. */
  readonly syncErrors: number;
}

/** Opens the log. Throws GuardError `audit-unwritable` where it cannot be opened or trusted. */
export function openLogWriter(options: LogWriterOptions): LogWriter {
  const { path, fsync, clock, files = systemLogFiles } = options;
  const user = process.getuid?.();
  const syncs = createSyncTimer(files);
  const { endedTorn, ...first } = openLogFile(path, files, user);
  let file: LogFile | undefined = { ...first, endedTorn };
  let checkedMs = clock.monotonicMs();
  let lineFeedDue = endedTorn;
  let failing = false;
  let written = 0;

  const close = (): void => {
    if (file !== undefined) syncs.release(file.descriptor);
    file = undefined;
  };
  const current = (): LogFile => {
    const nowMs = clock.monotonicMs();
    if (file !== undefined && nowMs - checkedMs >= AUDIT_ROTATION_CHECK_MS) {
      checkedMs = nowMs;
      if (!isSameFile(files.statusAt(path), file.status)) close();
    }
    if (file === undefined) {
      file = openLogFile(path, files, user);
      checkedMs = nowMs;
      lineFeedDue = file.endedTorn;
    }
    return file;
  };
  return {
    endedTorn,
    write(lines) {
      written = 0;
      try {
        const { descriptor } = current();
        const bytes = lineFeedDue ? Buffer.concat([LINE_FEED, lines]) : lines;
        const before = bytes.length - lines.length;
        // One write; a second one for the rest could land behind another process's record.
        const all = files.write(descriptor, bytes);
        written = Math.max(0, all - before);
        if (all !== bytes.length) {
          throw new Error(`only ${all} of ${bytes.length} bytes were written; the disk may be full`);
        }
        lineFeedDue = false;
        if (fsync === 'always') files.sync(descriptor);
        else if (fsync === 'interval') syncs.written(descriptor);
        failing = false;
      } catch (error) {
        failing = true;
        // Opening again tells whether the file now ends inside a line, ours or another writer's.
        close();
        throw unwritable(path, error);
      }
    },
    close,
    get written() {
      return written;
    },
    get failing() {
      return failing || syncs.failing;
    },
    get syncErrors() {
      return syncs.errors;
    },
  };
}

const LINE_FEED = Buffer.from('\n');

function isSameFile(found: LogFileStatus | undefined, opened: LogFileStatus): boolean {
  return found?.inode === opened.inode && found.device === opened.device;
}
