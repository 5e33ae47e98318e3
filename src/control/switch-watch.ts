import { watchFolder, type WatchSystem } from '../platform/folder-watch.js';
import { readSwitches, stampOfSwitches, stops, type FoundSwitch } from './switch-folder.js';

/** A kill switch that was turned on or lifted while guard runs. */
export interface SwitchChange {
  /** What stops the server now; undefined where nothing does. */
  readonly now: FoundSwitch | undefined;
  /** What lifted it; undefined where its file was taken away. */
  readonly lifted: FoundSwitch | undefined;
}

export interface SwitchWatchOptions {
  readonly folder: string;
  /** The server whose switches count, beside those for all. */
  readonly server: string;
  readonly system: WatchSystem;
  readonly onChange: (change: SwitchChange) => void;
}

/** The switches of one server, as they stand now. */
export interface SwitchWatch {
  /** What stops the server; kept in memory, so that calls only look at it. */
  current(): FoundSwitch | undefined;
  close(): void;
}

/** Follows the folder of kill switches, which need not be there. Keeps no process alive, makes nothing. */
export function watchSwitches({ folder, server, system, onChange }: SwitchWatchOptions): SwitchWatch {
  let stamp = stampOfSwitches(folder);
  let current = readSwitches(folder).find((found) => stops(found, server));
  const look = (): void => {
    const seen = stampOfSwitches(folder);
    // What could not be read may only have been out of reach for a moment.
    if (seen === stamp && current?.kind !== 'trouble') return;
    stamp = seen;
    const before = current;
    const all = readSwitches(folder);
    current = all.find((found) => stops(found, server));
    if (JSON.stringify(current) === JSON.stringify(before)) return;
    onChange({ now: current, lifted: all.find(({ name }) => name === before?.name) });
  };
  const watching = watchFolder(folder, { onName: look, onLook: look }, system);
  return { current: () => current, close: () => watching.close() };
}
