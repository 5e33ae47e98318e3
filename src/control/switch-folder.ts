import fs from 'node:fs';
import path from 'node:path';
import { SWITCH_FILE_BYTES_MAX, SWITCH_FILES_MAX } from '../platform/bounds.js';
import { messageOf, systemErrorCode } from '../platform/errors.js';
import { stampOf } from '../platform/file-stamp.js';
import { fileText } from '../platform/file-text.js';
import { makeFolder } from '../platform/make-folder.js';
import { readOwnBytes } from '../platform/own-file.js';
import { replaceWhole } from '../platform/whole-file.js';
import { readSwitchText, switchFile, switchFileName, type SwitchState } from './switch-file.js';

/**
 * What lies in the folder of kill switches. What cannot be read or trusted stops every server: it may
 * be a switch, and one that is overlooked is worse than one too many.
 */
export type FoundSwitch =
  | { readonly kind: 'switch'; readonly name: string; readonly state: SwitchState }
  /** `name` is null for the folder itself; `why` is a whole sentence. */
  | { readonly kind: 'trouble'; readonly name: string | null; readonly why: string };

/** Every switch in the folder, on or lifted. A folder that is not there holds none. Never throws. */
export function readSwitches(folder: string): readonly FoundSwitch[] {
  const names = namesIn(folder);
  return Array.isArray(names) ? names.flatMap((name) => foundAt(folder, name)) : [names];
}

/** A text that changes whenever anything in the folder does. */
export function stampOfSwitches(folder: string): string {
  const own = stampOf(folder);
  if (own === undefined) return '';
  const names = namesIn(folder);
  if (!Array.isArray(names)) return `${own} ${names.why}`;
  return [own, ...names.map((name) => `${name} ${stampOf(path.join(folder, name))}`)].join('\n');
}

/** Turns a switch on or off. Throws the system's error. */
export function writeSwitch(folder: string, state: SwitchState): void {
  makeFolder(folder);
  const file = path.join(folder, switchFileName(state.server));
  replaceWhole(file, fileText(switchFile(state)), { mode: 0o600, durable: true });
}

/** Whether the switch stops this server. */
export function stops(found: FoundSwitch, server: string): boolean {
  if (found.kind === 'trouble') return true;
  return found.state.on && (found.state.server === null || found.state.server === server);
}

/** The names in the folder that count; those that begin with a dot are drafts and what desktops leave. */
function namesIn(folder: string): string[] | Extract<FoundSwitch, { kind: 'trouble' }> {
  try {
    const stats = fs.lstatSync(folder);
    const why = distrust(stats);
    if (why !== undefined) return trouble(null, `the folder of kill switches ${folder} ${why}`);
    const names = fs.readdirSync(folder).filter((name) => !name.startsWith('.'));
    if (names.length <= SWITCH_FILES_MAX) return names.toSorted();
    return trouble(null, `the folder of kill switches ${folder} holds more than ${SWITCH_FILES_MAX} files`);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    return trouble(null, `the folder of kill switches cannot be read: ${messageOf(error)}`);
  }
}

function distrust(stats: fs.Stats): string | undefined {
  if (!stats.isDirectory()) return 'is not a folder';
  const user = process.getuid?.();
  // Windows has neither owners nor modes in this sense.
  if (user === undefined) return undefined;
  if (stats.uid !== user && stats.uid !== 0) return `belongs to user ${stats.uid}, expected ${user}`;
  return (stats.mode & 0o022) === 0 ? undefined : 'may be written by others';
}

function foundAt(folder: string, name: string): FoundSwitch[] {
  const file = path.join(folder, name);
  const read = readOwnBytes(file, SWITCH_FILE_BYTES_MAX, {
    user: process.getuid?.(),
    isRootTrusted: true,
    privacy: 'others-may-read',
  });
  if (read.kind === 'absent') return [];
  if (read.kind === 'trouble') return [trouble(name, `the kill switch ${file} ${read.why}`)];
  const state = readSwitchText(name, read.bytes.toString('utf8'));
  return state === undefined
    ? [trouble(name, `the kill switch ${file} is not as guard writes it`)]
    : [{ kind: 'switch', name, state }];
}

function trouble(name: string | null, why: string): Extract<FoundSwitch, { kind: 'trouble' }> {
  return { kind: 'trouble', name, why };
}
