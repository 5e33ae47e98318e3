import fs from 'node:fs';
import { systemWatch, type WatchSystem } from '../../platform/folder-watch.js';
import type { LinkFile } from '../../platform/whole-file.js';

/** What the bus needs of the machine beyond plain files; tests put other machines in its place. */
export interface BusSystem {
  /** The user who owns this process; undefined where files have no owners. */
  readonly user: number | undefined;
  readonly link: LinkFile;
  readonly watch: WatchSystem;
}

/** The machine as it is. */
export function systemBus(): BusSystem {
  return {
    user: process.getuid?.(),
    link: fs.linkSync,
    watch: systemWatch,
  };
}
