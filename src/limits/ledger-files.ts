import fs from 'node:fs';
import { LEDGER_FILE_BYTES_MAX } from '../platform/bounds.js';
import { GuardError, messageOf, systemErrorCode } from '../platform/errors.js';
import { makeFolder } from '../platform/make-folder.js';
import { createWhole } from '../platform/whole-file.js';

/** What the file system says of a ledger file or its folder. */
export interface LedgerFileStatus {
  readonly device: number;
  readonly inode: number;
  readonly kind: 'file' | 'folder' | 'symlink' | 'other';
  /** Permission bits. */
  readonly mode: number;
  readonly owner: number;
  readonly size: number;
}

/** The calls to the file system that the ledger needs; tests make them fail one by one. Sizes are bytes. */
export interface LedgerFiles {
  readonly makeFolder: (folder: string) => void;
  readonly list: (folder: string) => readonly string[];
  /** What lies at this path itself, never what a symlink names; undefined where there is nothing. */
  readonly statusAt: (path: string) => LedgerFileStatus | undefined;
  readonly open: (file: string) => number;
  readonly status: (descriptor: number) => LedgerFileStatus;
  /** Returns how many bytes there were to read. */
  readonly read: (descriptor: number, into: Uint8Array, at: number) => number;
  /** Returns the bytes that were written, which can be fewer than were given. */
  readonly write: (descriptor: number, bytes: Uint8Array) => number;
  /** Creates a file that nobody ever sees in part; throws EEXIST where there is one. */
  readonly create: (file: string, text: string) => void;
  readonly remove: (file: string) => void;
  readonly close: (descriptor: number) => void;
}

/** Without O_NONBLOCK a named pipe in the file's place would hold guard; Windows knows neither flag. */
const SAFE = (fs.constants.O_NOFOLLOW ?? 0) | (fs.constants.O_NONBLOCK ?? 0);

/** The machine's file system. */
export const systemLedgerFiles: LedgerFiles = {
  makeFolder: (folder) => makeFolder(folder),
  list: (folder) => fs.readdirSync(folder),
  statusAt(path) {
    const stats = fs.lstatSync(path, { throwIfNoEntry: false });
    return stats === undefined ? undefined : statusOf(stats);
  },
  open: (file) => fs.openSync(file, fs.constants.O_RDWR | fs.constants.O_APPEND | SAFE),
  status: (descriptor) => statusOf(fs.fstatSync(descriptor)),
  read: (descriptor, into, at) => fs.readSync(descriptor, into, 0, into.length, at),
  write: (descriptor, bytes) => fs.writeSync(descriptor, bytes),
  create: (file, text) => createWhole(file, text, { mode: 0o600, durable: true, withoutLinks: 'fail' }),
  remove: (file) => fs.rmSync(file, { force: true }),
  close: (descriptor) => fs.closeSync(descriptor),
};

/** Throws where the folder's files could be exchanged by others. */
export function assertTrustedFolder(folder: string, files: LedgerFiles): void {
  const status = files.statusAt(folder);
  if (status === undefined) throw untrusted(folder, 'is gone');
  if (status.kind !== 'folder') throw untrusted(folder, status.kind === 'symlink' ? LINK : 'is not a folder');
  assertOwned(folder, status);
}

/** Throws for a file whose content cannot be taken for guard's own. */
export function assertTrustedFile(file: string, status: LedgerFileStatus): void {
  if (status.kind !== 'file')
    throw untrusted(file, status.kind === 'symlink' ? LINK : 'is not a regular file');
  assertOwned(file, status);
  if (status.size > LEDGER_FILE_BYTES_MAX) {
    throw untrusted(file, `has ${status.size} bytes, more than ${LEDGER_FILE_BYTES_MAX}`);
  }
}

/** The error that a caller sees for whatever went wrong with the ledger. */
export function unavailable(path: string, error: unknown): GuardError {
  if (error instanceof GuardError) return error;
  const code = systemErrorCode(error);
  const hint = code === undefined ? undefined : HINTS[code];
  return new GuardError('ledger-unavailable', `cannot use the limits ledger ${path}: ${messageOf(error)}`, {
    cause: error,
    ...(hint === undefined ? {} : { hint }),
  });
}

/** The error for a ledger that is there and cannot be relied on; `what` follows its path in a sentence. */
export function untrusted(path: string, what: string, hint?: string): GuardError {
  const message = `the limits ledger ${path} ${what}`;
  return new GuardError('ledger-unavailable', message, hint === undefined ? {} : { hint });
}

const LINK = 'is a symbolic link';
const HINTS: Readonly<Record<string, string>> = {
  EACCES: 'give this user the right to read and write there',
  EPERM: 'give this user the right to read and write there',
  EROFS: 'the file system is read-only: move the state folder with XDG_STATE_HOME',
  ENOSPC: 'free some space on that disk; limited calls pass again by themselves',
  EDQUOT: 'the disk quota is used up; limited calls pass again by themselves once there is room',
  ELOOP: 'the ledger is never behind a symbolic link: remove it',
  ENOTDIR: 'a part of the path is not a folder',
  EMFILE: 'the process has too many open files: raise its limit (ulimit -n)',
};

function assertOwned(path: string, { owner, mode }: LedgerFileStatus): void {
  // Windows has no such owners and modes; its profile folders are private.
  const user = process.getuid?.();
  if (user === undefined) return;
  if (owner !== user && owner !== 0) throw untrusted(path, `belongs to user ${owner}`);
  if ((mode & 0o022) === 0) return;
  const shown = (mode & 0o777).toString(8).padStart(3, '0');
  throw untrusted(path, `has mode ${shown}, which lets others write it`, `run: chmod go-w '${path}'`);
}

function statusOf(stats: fs.Stats): LedgerFileStatus {
  return {
    device: stats.dev,
    inode: stats.ino,
    kind: kindOf(stats),
    mode: stats.mode & 0o7777,
    owner: stats.uid,
    size: stats.size,
  };
}

function kindOf(stats: fs.Stats): LedgerFileStatus['kind'] {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'folder';
  return stats.isSymbolicLink() ? 'symlink' : 'other';
}
