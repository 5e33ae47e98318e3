import { lstatSync, watch } from 'node:fs';
import { FOLDER_POLL_MS } from './bounds.js';

/** A folder that is being watched. */
export interface Watching {
  close(): void;
}

/** Calls `onName` with the name of what changed in a folder, null where the system does not say. */
export type WatchSystem = (
  folder: string,
  onName: (name: string | null) => void,
  onError: () => void,
) => Watching;

/** The watches of the machine. */
export const systemWatch: WatchSystem = (folder, onName, onError) => {
  const watcher = watch(folder, { persistent: false }, (_event, name) => onName(name));
  watcher.on('error', onError);
  return watcher;
};

/** What a watch of a folder tells of. */
export interface WatchEvents {
  /** Something may have happened to the file of this name. */
  readonly onName: (name: string) => void;
  /** Anything may have happened. Told every FOLDER_POLL_MS too, in case the system tells nothing. */
  readonly onLook: () => void;
}

/**
 * Watches a folder, also one that appears later or is put in the place of another. What the system
 * does not tell of is found by the poll. Keeps no process alive.
 */
export function watchFolder(folder: string, events: WatchEvents, system: WatchSystem): Watching {
  let watching: Watching | undefined;
  let watched: string | undefined;
  const stop = (): void => {
    watching?.close();
    watching = undefined;
  };
  const start = (): void => {
    const identity = identityOf(folder);
    if (watching !== undefined && identity === watched) return;
    stop();
    watched = identity;
    if (identity === undefined) return;
    try {
      watching = system(folder, (name) => (name === null ? events.onLook() : events.onName(name)), stop);
    } catch {
      // The folder is just being replaced, or the system has no watches left: the poll goes on.
    }
  };
  const poll = setInterval(() => {
    start();
    events.onLook();
  }, FOLDER_POLL_MS).unref();
  start();
  return {
    close() {
      clearInterval(poll);
      stop();
    },
  };
}

/** A text that another folder at the same place does not have; undefined where there is no folder. */
function identityOf(folder: string): string | undefined {
  try {
    const stats = lstatSync(folder);
    return stats.isDirectory() ? `${stats.dev}:${stats.ino}` : undefined;
  } catch {
    return undefined;
  }
}
