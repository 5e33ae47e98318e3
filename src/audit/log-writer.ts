import { AUDIT_ROTATION_CHECK_MS } from '../platform/bounds.js';
import type { Clock } from '../platform/clock.js';
import { type LogFile, type LogFiles, openLogFile, systemLogFiles, unwritable } from './log-file.js';
import { isSameFile } from './rotate-log.js';
import { createRotation, type RotationSettings } from './rotation.js';
import { createSyncTimer } from './sync-timer.js';

/** When written records are forced onto the disk: within a second, before anything is forwarded, or never. */
type FsyncMode = 'interval' | 'always' | 'off';

export interface LogWriterOptions {
  /** Absolute path of the log. */
  readonly path: string;
  readonly fsync: FsyncMode;
  readonly clock: Pick<Clock, 'monotonicMs' | 'wallMs'>;
  /** When guard rotates the file itself; it does not without. */
  readonly rotation?: RotationSettings;
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
  const rotation = createRotation(path, options.rotation, clock, files);
  let file: LogFile | undefined = openLogFile(path, files, user);
  rotation.opened(file);
  const { endedTorn } = file;
  let checkedMs = clock.monotonicMs();
  let lineFeedDue = endedTorn;
  let failing = false;
  let written = 0;

  /** Leaves the file. What is not synced yet is; where the file was rotated nobody waits for that. */
  const leave = (how: 'release' | 'retire'): void => {
    if (file !== undefined) syncs[how](file.descriptor);
    file = undefined;
  };
  /** The file that the path names, for so many bytes to come. */
  const current = (bytes: number): LogFile => {
    const nowMs = clock.monotonicMs();
    if (file !== undefined && (nowMs - checkedMs >= AUDIT_ROTATION_CHECK_MS || rotation.isFull(bytes))) {
      checkedMs = nowMs;
      const found = files.statusAt(path);
      if (found === undefined || !isSameFile(found, file.status)) leave('release');
      else if (rotation.look(found, bytes)) leave('retire');
    }
    if (file === undefined) {
      file = openLogFile(path, files, user);
      rotation.opened(file);
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
        const { descriptor } = current(lines.length);
        const bytes = lineFeedDue ? Buffer.concat([LINE_FEED, lines]) : lines;
        // One write; a second one for the rest could land behind another process's record.
        const all = files.write(descriptor, bytes);
        written = Math.max(0, all - (bytes.length - lines.length));
        rotation.written(written);
        if (all !== bytes.length) throw cutShort(all, bytes.length);
        lineFeedDue = false;
        if (fsync === 'always') files.sync(descriptor);
        else if (fsync === 'interval') syncs.written(descriptor);
        failing = false;
      } catch (error) {
        failing = true;
        // Opening again tells whether the file now ends inside a line, ours or another writer's.
        leave('release');
        throw unwritable(path, error);
      }
    },
    close: () => leave('release'),
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

function cutShort(written: number, bytes: number): Error {
  return new Error(`only ${written} of ${bytes} bytes were written; the disk may be full`);
}
