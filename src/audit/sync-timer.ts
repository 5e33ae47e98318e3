import { AUDIT_SYNC_MS } from '../platform/bounds.js';
import { closeQuietly, type LogFiles } from './log-file.js';

/** Syncs a descriptor some time after it was written to, off the path of calls. */
export interface SyncTimer {
  /** Something was written: sync within AUDIT_SYNC_MS. */
  written(descriptor: number): void;
  /** Closes a descriptor, after the sync that is under way on it, if any. */
  release(descriptor: number): void;
  /** Closes a descriptor that is of no more use, after a sync off the path of calls where one is due. */
  retire(descriptor: number): void;
  /** Syncs that failed, in total. */
  readonly errors: number;
  /** True when the last sync failed. */
  readonly failing: boolean;
}

/** A timer that is not running; it never keeps the process alive. */
export function createSyncTimer(files: LogFiles): SyncTimer {
  let timer: NodeJS.Timeout | undefined;
  let due: number | undefined;
  let syncing: number | undefined;
  let releaseAfterSync = false;
  let errors = 0;
  let failing = false;
  const ended = (error: Error | null): void => {
    failing = error !== null;
    if (failing) errors += 1;
  };
  const run = (): void => {
    timer = undefined;
    if (due === undefined) return;
    // A disk that takes longer than the interval gets no second sync on top of the first.
    if (syncing !== undefined) return arm();
    const descriptor = due;
    due = undefined;
    syncing = descriptor;
    files.syncLater(descriptor, (error) => {
      ended(error);
      syncing = undefined;
      if (releaseAfterSync) closeQuietly(descriptor, files);
      releaseAfterSync = false;
    });
  };
  const arm = (): void => {
    timer ??= setTimeout(run, AUDIT_SYNC_MS).unref();
  };
  const release = (descriptor: number): void => {
    if (due === descriptor) {
      due = undefined;
      clearTimeout(timer);
      timer = undefined;
      try {
        files.sync(descriptor);
        ended(null);
      } catch (error) {
        ended(error instanceof Error ? error : new Error(String(error)));
      }
    }
    // Closing under a running sync could let it hit another file that got the same number.
    if (syncing === descriptor) releaseAfterSync = true;
    else closeQuietly(descriptor, files);
  };
  return {
    written(descriptor) {
      due = descriptor;
      if (timer === undefined) arm();
    },
    release,
    retire(descriptor) {
      if (due !== descriptor || syncing !== undefined) return release(descriptor);
      releaseAfterSync = true;
      clearTimeout(timer);
      run();
    },
    get errors() {
      return errors;
    },
    get failing() {
      return failing;
    },
  };
}
