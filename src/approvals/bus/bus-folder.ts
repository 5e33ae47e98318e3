import fs from 'node:fs';
import path from 'node:path';
import { messageOf, systemErrorCode } from '../../platform/errors.js';
import { makeFolder } from '../../platform/make-folder.js';

/** The folders of the bus; each holds one kind of file. */
export interface BusFolders {
  readonly root: string;
  /** `<id>.json`: requests that wait, written by the guard process that holds the call. */
  readonly requests: string;
  /** `<id>.json`: answers, written by the approver. */
  readonly answers: string;
  /** `<id>.json`: requests that are over, and how they ended. */
  readonly ended: string;
  /** `<id>.<n>.json`: answers that did not count, and why. */
  readonly refused: string;
}

/** What a look at the folder found. `why` says what, expected, got and what to do. */
export type FolderState =
  | { readonly kind: 'ready' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'trouble'; readonly why: string };

const ID = /^apr_[a-z0-9]{20}$/;
const NAME = /^(apr_[a-z0-9]{20})\.json$/;
const REFUSED_NAME = /^(apr_[a-z0-9]{20})\.\d{1,9}\.json$/;

/** Whether a text is the id of a request, and so can stand in the name of a file. */
export function isApprovalId(text: string): boolean {
  return ID.test(text);
}

/** The id in the name of a request, answer or ended file; undefined where it is no such name. */
export function idOfName(name: string): string | undefined {
  return NAME.exec(name)?.[1];
}

/** The id in the name of a refused file. */
export function idOfRefusedName(name: string): string | undefined {
  return REFUSED_NAME.exec(name)?.[1];
}

/** Where the files of a bus are. */
export function busFolders(root: string): BusFolders {
  return {
    root,
    requests: path.join(root, 'requests'),
    answers: path.join(root, 'answers'),
    ended: path.join(root, 'ended'),
    refused: path.join(root, 'refused'),
  };
}

/** The file of a request, answer or ended request. */
export function fileOf(folder: string, id: string): string {
  return path.join(folder, `${id}.json`);
}

/** Makes what is missing of the bus, mode 0700, and looks whether all of it can be trusted. */
export function makeBusFolder(folders: BusFolders, user: number | undefined): FolderState {
  for (const folder of Object.values(folders) as string[]) {
    const state = folderState(folder, user);
    if (state.kind === 'trouble') return state;
    if (state.kind === 'ready') continue;
    try {
      // Another guard may have been faster; whether it can be trusted is looked at afterwards.
      makeFolder(folder);
    } catch (error) {
      return { kind: 'trouble', why: cannotMake(folder, error) };
    }
    const made = folderState(folder, user);
    if (made.kind !== 'ready') return made;
  }
  return { kind: 'ready' };
}

/**
 * Looks whether the bus can be trusted and makes nothing. A part that is missing counts as empty, a
 * bus without its root as missing.
 */
export function lookAtBusFolder(folders: BusFolders, user: number | undefined): FolderState {
  const root = folderState(folders.root, user);
  if (root.kind !== 'ready') return root;
  for (const folder of Object.values(folders) as string[]) {
    const state = folderState(folder, user);
    if (state.kind === 'trouble') return state;
  }
  return root;
}

function folderState(folder: string, user: number | undefined): FolderState {
  let stats: fs.Stats | undefined;
  try {
    stats = fs.lstatSync(folder, { throwIfNoEntry: false });
  } catch (error) {
    return { kind: 'trouble', why: `cannot look at the approvals folder ${folder}: ${messageOf(error)}` };
  }
  if (stats === undefined) return { kind: 'missing' };
  const why = distrust(folder, stats, user);
  return why === undefined ? { kind: 'ready' } : { kind: 'trouble', why };
}

function distrust(folder: string, stats: fs.Stats, user: number | undefined): string | undefined {
  if (stats.isSymbolicLink()) return untrusted(folder, 'a folder', 'a symlink', 'remove the symlink');
  if (!stats.isDirectory()) return untrusted(folder, 'a folder', 'something else', 'move it away');
  // Windows has neither owners nor modes in this sense.
  if (user === undefined) return undefined;
  if (stats.uid !== user) {
    return untrusted(
      folder,
      `owner ${user}`,
      `owner ${stats.uid}`,
      'move it away, or run guard as its owner',
    );
  }
  if ((stats.mode & 0o077) === 0) return undefined;
  const got = `mode ${(stats.mode & 0o7777).toString(8).padStart(4, '0')}`;
  return untrusted(folder, 'a folder that is open to its owner only', got, `run: chmod 700 '${folder}'`);
}

function untrusted(folder: string, expected: string, got: string, advice: string): string {
  return `the approvals folder ${folder} cannot be trusted: expected ${expected}, got ${got}; ${advice}`;
}

function cannotMake(folder: string, error: unknown): string {
  const code = systemErrorCode(error);
  const advice = code === 'ENOSPC' ? 'free some space' : 'give this user the right to write there';
  return `cannot make the approvals folder ${folder}: ${messageOf(error)}; ${advice}`;
}
