import { statSync, watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { CONFIG_DEBOUNCE_MS, CONFIG_POLL_MS } from '../platform/bounds.js';
import { messageOf } from '../platform/errors.js';
import type { LoadedConfig, LoadOptions } from './load.js';
import { loadConfig } from './load.js';

/** What a watcher tells of. */
export interface WatchEvents {
  /** A changed config was loaded whole; it replaces the one before. */
  readonly onConfig: (config: LoadedConfig) => void;
  /** A changed config has mistakes; the one before stays in force. Told once for each bad state. */
  readonly onError: (error: Error) => void;
}

/** Watches the files of a config that is in force. */
export interface ConfigWatcher {
  /** Reads the files now; resolves when the result is in force or was refused. */
  reload(): Promise<void>;
  /** Stops watching. Safe to call twice. */
  close(): void;
}

/**
 * Watches the layers' files, and looks every CONFIG_POLL_MS at all places where one could appear. A change is read whole after
 * CONFIG_DEBOUNCE_MS of quiet; what is broken, or lacks a layer that was in force, changes nothing. Keeps no process alive.
 */
export function watchConfig(options: LoadOptions, first: LoadedConfig, events: WatchEvents): ConfigWatcher {
  let current = first;
  let closed = false;
  let lastError: string | undefined;
  let debounce: NodeJS.Timeout | undefined;
  let seen = fingerprint(current.watchFiles);
  let running: Promise<void> = Promise.resolve();
  const watchers = new Map<string, FSWatcher>();

  const load = async (): Promise<void> => {
    if (closed) return;
    // Taken before reading: a change during the reading is seen by the next poll.
    seen = fingerprint(current.watchFiles);
    try {
      const next = await loadConfig(options);
      if (closed) return;
      refuseVanished(current, next);
      lastError = undefined;
      if (isSame(current, next)) return;
      current = next;
      seen = fingerprint(current.watchFiles);
      watchFiles();
      events.onConfig(next);
    } catch (error) {
      if (closed || messageOf(error) === lastError) return;
      lastError = messageOf(error);
      events.onError(error instanceof Error ? error : new Error(messageOf(error)));
    }
  };
  // One load at a time, in order: an older text never replaces a newer one.
  const reload = (): Promise<void> => (running = running.then(load));
  const soon = (): void => {
    clearTimeout(debounce);
    const before = fingerprint(current.watchFiles);
    debounce = setTimeout(() => {
      // Still being written: the front half of a policy can be valid and lack its last rules.
      if (fingerprint(current.watchFiles) === before) void reload();
      else soon();
    }, CONFIG_DEBOUNCE_MS).unref();
  };
  const watchFiles = (): void => {
    const wanted = new Set(current.layers.map((layer) => layer.path));
    for (const [file, watcher] of watchers) if (!wanted.has(file)) unwatch(watchers, file, watcher);
    for (const file of wanted) watchFile(watchers, file, soon);
  };
  const poll = setInterval(() => {
    watchFiles();
    if (fingerprint(current.watchFiles) !== seen) soon();
  }, CONFIG_POLL_MS).unref();

  watchFiles();
  return {
    reload,
    close() {
      closed = true;
      clearTimeout(debounce);
      clearInterval(poll);
      for (const [file, watcher] of watchers) unwatch(watchers, file, watcher);
    },
  };
}

/**
 * Watches one file that is in force. Not its folder: whatever else is written there, such as a log,
 * would wake guard in the middle of every call. A file that was replaced is watched anew by the next
 * poll, which also finds files that appear.
 */
function watchFile(watchers: Map<string, FSWatcher>, file: string, soon: () => void): void {
  if (watchers.has(file)) return;
  try {
    const watcher = watch(file, { persistent: false }, (event) => {
      if (event === 'rename') unwatch(watchers, file, watcher);
      soon();
    });
    // The file was removed, or the system has no watches left: the poll goes on.
    watcher.on('error', () => unwatch(watchers, file, watcher));
    watchers.set(file, watcher);
  } catch {
    // The file is just being replaced, or cannot be watched: the poll looks again.
  }
}

function unwatch(watchers: Map<string, FSWatcher>, file: string, watcher: FSWatcher): void {
  watcher.close();
  watchers.delete(file);
}

/** A text that changes when a file appears, vanishes, is replaced or is written. */
function fingerprint(files: readonly string[]): string {
  return files
    .map((file) => {
      try {
        const stats = statSync(file, { bigint: true, throwIfNoEntry: false });
        return stats === undefined
          ? '-'
          : `${stats.dev}:${stats.ino}:${stats.size}:${stats.mtimeNs}:${stats.mode}:${stats.uid}`;
      } catch {
        return '!';
      }
    })
    .join(' ');
}

/** A layer whose file is gone may be half-way through a replacement, or was removed by who it stops. */
function refuseVanished(before: LoadedConfig, next: LoadedConfig): void {
  for (const { layer, path: file } of before.layers) {
    if (!next.layers.some((found) => found.layer === layer)) {
      throw new Error(
        `config file ${file} is gone; what it said stays in force until guard is started again`,
      );
    }
  }
}

function isSame(a: LoadedConfig, b: LoadedConfig): boolean {
  return digestsOf(a) === digestsOf(b);
}

function digestsOf(config: LoadedConfig): string {
  return config.layers.map(({ layer, path: file, digest }) => `${layer} ${file} ${digest}`).join('\n');
}
