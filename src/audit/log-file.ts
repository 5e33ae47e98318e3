import fs from 'node:fs';
import path from 'node:path';
import { AUDIT_TORN_LOOK_MS, AUDIT_TORN_LOOKS_MAX } from '../platform/bounds.js';
import { GuardError, messageOf, systemErrorCode } from '../platform/errors.js';
import { makeFolder } from '../platform/make-folder.js';

/** What the file system says of a file, as far as the audit log cares. */
export interface LogFileStatus {
  readonly device: number;
  readonly inode: number;
  readonly kind: 'file' | 'symlink' | 'other';
  /** Permission bits. */
  readonly mode: number;
  readonly owner: number;
  readonly size: number;
}

/** The calls to the file system that the log needs; tests make them fail one by one. Sizes are bytes. */
export interface LogFiles {
  readonly makeFolder: (folder: string) => void;
  /** The file at this path itself, never what a symlink names; undefined where there is none. */
  readonly statusAt: (file: string) => LogFileStatus | undefined;
  readonly open: (file: string) => number;
  readonly status: (descriptor: number) => LogFileStatus;
  readonly lastByte: (descriptor: number, size: number) => number | undefined;
  /** The first bytes of a file as text, at most so many. */
  readonly head: (descriptor: number, length: number) => string;
  /** Returns the bytes that were written, which can be fewer than were given. */
  readonly write: (descriptor: number, bytes: Uint8Array) => number;
  readonly sync: (descriptor: number) => void;
  readonly syncLater: (descriptor: number, done: (error: Error | null) => void) => void;
  readonly close: (descriptor: number) => void;
}

/** An open log, and whether it ends inside a line that a writer could not finish. */
export interface LogFile {
  readonly descriptor: number;
  readonly status: LogFileStatus;
  readonly endedTorn: boolean;
}

const LINE_FEED = 0x0a;
/** Windows has no such flag; there the check before opening is all there is. */
const NO_FOLLOW = fs.constants.O_NOFOLLOW ?? 0;
const APPEND = fs.constants.O_RDWR | fs.constants.O_APPEND | fs.constants.O_CREAT | NO_FOLLOW;

/** The machine's file system. */
export const systemLogFiles: LogFiles = {
  makeFolder,
  statusAt(file) {
    const stats = fs.lstatSync(file, { throwIfNoEntry: false });
    return stats === undefined ? undefined : statusOf(stats);
  },
  open: (file) => fs.openSync(file, APPEND, 0o600),
  status: (descriptor) => statusOf(fs.fstatSync(descriptor)),
  lastByte(descriptor, size) {
    const byte = Buffer.alloc(1);
    return fs.readSync(descriptor, byte, 0, 1, size - 1) === 1 ? byte[0] : undefined;
  },
  head(descriptor, length) {
    const bytes = Buffer.alloc(length);
    return bytes.toString('latin1', 0, fs.readSync(descriptor, bytes, 0, length, 0));
  },
  write: (descriptor, bytes) => fs.writeSync(descriptor, bytes),
  sync: (descriptor) => fs.fdatasyncSync(descriptor),
  syncLater: (descriptor, done) => fs.fdatasync(descriptor, done),
  close: (descriptor) => fs.closeSync(descriptor),
};

/**
 * Opens the log for appending, mode 0600, and makes its folder, mode 0700, where there is none.
 * Throws GuardError `audit-unwritable` for a symlink, anything but a regular file, and a file that
 * others own or may write to, as what stands in it could not be trusted.
 */
export function openLogFile(file: string, files: LogFiles, user: number | undefined): LogFile {
  let descriptor: number | undefined;
  try {
    files.makeFolder(path.dirname(file));
    const before = files.statusAt(file);
    if (before !== undefined) assertTrusted(file, before, user);
    descriptor = files.open(file);
    const status = files.status(descriptor);
    assertTrusted(file, status, user);
    return { descriptor, status, endedTorn: endsTorn(descriptor, status, files) };
  } catch (error) {
    if (descriptor !== undefined) closeQuietly(descriptor, files);
    throw unwritable(file, error);
  }
}

/** The error that a caller sees for whatever went wrong with the log. */
export function unwritable(file: string, error: unknown): GuardError {
  if (error instanceof GuardError) return error;
  const code = systemErrorCode(error);
  const hint = code === undefined ? undefined : HINTS[code];
  return new GuardError('audit-unwritable', `cannot write the audit log ${file}: ${messageOf(error)}`, {
    cause: error,
    ...(hint === undefined ? {} : { hint }),
  });
}

/** Closes a descriptor that is of no more use; that this fails changes nothing for anyone. */
export function closeQuietly(descriptor: number, files: LogFiles): void {
  try {
    files.close(descriptor);
  } catch {
    // The records were written by commits, each of which reported its own failure.
  }
}

const HINTS: Readonly<Record<string, string>> = {
  EACCES: 'give this user the right to write there, or name another file with audit.path or --audit',
  EPERM: 'give this user the right to write there, or name another file with audit.path or --audit',
  EROFS: 'the file system is read-only: name another file with audit.path or --audit',
  ENOSPC: 'free some space on that disk; records start again by themselves',
  EDQUOT: 'the disk quota is used up; records start again by themselves once there is room',
  ENOENT: 'its folder cannot be made there: name another file with audit.path or --audit',
  ENOTDIR: 'a part of the path is not a folder: name another file with audit.path or --audit',
  EMFILE: 'the process has too many open files: raise its limit (ulimit -n)',
};

function assertTrusted(file: string, status: LogFileStatus, user: number | undefined): void {
  if (status.kind === 'symlink') throw untrusted(file, 'a regular file', 'a symlink', 'name the real file');
  if (status.kind === 'other')
    throw untrusted(file, 'a regular file', 'something else', 'name a regular file');
  // Windows has neither owners nor modes in this sense.
  if (user === undefined) return;
  if (status.owner !== user) {
    const got = `owner ${status.owner}`;
    throw untrusted(file, `owner ${user}`, got, 'move the file away, or run guard as its owner');
  }
  if ((status.mode & 0o022) !== 0) {
    const got = `mode ${status.mode.toString(8).padStart(4, '0')}`;
    throw untrusted(file, 'a file that only its owner may write to', got, `run: chmod 600 '${file}'`);
  }
}

function untrusted(file: string, expected: string, got: string, hint: string): GuardError {
  const message = `the audit log ${file} cannot be trusted: expected ${expected}, got ${got}`;
  return new GuardError('audit-unwritable', message, { hint });
}

function statusOf(stats: fs.Stats): LogFileStatus {
  const kind = stats.isFile() ? 'file' : stats.isSymbolicLink() ? 'symlink' : 'other';
  return {
    device: stats.dev,
    inode: stats.ino,
    kind,
    mode: stats.mode & 0o7777,
    owner: stats.uid,
    size: stats.size,
  };
}

/**
 * Whether the file ends inside a line. What looks so may be another process's write under way, whose
 * bytes appear one page after the other: only an end that stays as it is was left behind.
 */
function endsTorn(descriptor: number, opened: LogFileStatus, files: LogFiles): boolean {
  let { size } = opened;
  for (let look = 0; size > 0 && files.lastByte(descriptor, size) !== LINE_FEED; look += 1) {
    const sizeBefore = size;
    pause(AUDIT_TORN_LOOK_MS);
    ({ size } = files.status(descriptor));
    if ((size === sizeBefore && look > 0) || look >= AUDIT_TORN_LOOKS_MAX) return true;
  }
  return false;
}

/** Waits without yielding: opening a log is synchronous, and this happens only to a torn one. */
function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
