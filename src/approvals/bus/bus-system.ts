import fs from 'node:fs';
import type { LinkFile } from '../../platform/whole-file.js';

/** What the bus needs of the machine beyond plain files; tests put other machines in its place. */
export interface BusSystem {
  /** The user who owns this process; undefined where files have no owners. */
  readonly user: number | undefined;
  readonly link: LinkFile;
  /** Calls `onName` with the name of what changed in a folder, null where the system does not say. */
  readonly watch: (folder: string, onName: (name: string | null) => void, onError: () => void) => Watching;
}

/** A folder that is being watched. */
export interface Watching {
  close(): void;
}

/** The machine as it is. */
export function systemBus(): BusSystem {
  return {
    user: process.getuid?.(),
    link: fs.linkSync,
    watch(folder, onName, onError) {
      const watcher = fs.watch(folder, { persistent: false }, (_event, name) => onName(name));
      watcher.on('error', onError);
      return watcher;
    },
  };
}
