import fs from 'node:fs';
import { messageOf, systemErrorCode } from './errors.js';

/** What reading a file of guard's own comes to. */
export type OwnFile = { readonly kind: 'text'; readonly text: string } | NoOwnFile;

/** The same, before anybody looked whether it is text. */
export type OwnBytes = { readonly kind: 'bytes'; readonly bytes: Buffer } | NoOwnFile;

type NoOwnFile =
  | { readonly kind: 'absent' }
  /** `why` follows the file's path in a sentence: "… is a symlink and not a regular file". */
  | { readonly kind: 'trouble'; readonly why: string };

/** Who beside its owner may have the file's bits. */
export type OwnFilePrivacy = 'others-may-read' | 'owner-only';

/** Whose files are believed, and how open they may lie. */
export interface OwnFileTrust {
  /** The user of this process; undefined where files have no owners. */
  readonly user: number | undefined;
  /**
   * Whether root's files are as good as the user's. They are where a file may have been put there for
   * the user, by an administrator or out of a backup. They are not where a file says that this very
   * user did something.
   */
  readonly isRootTrusted: boolean;
  readonly privacy: OwnFilePrivacy;
}

const FORBIDDEN: Readonly<Record<OwnFilePrivacy, number>> = { 'others-may-read': 0o022, 'owner-only': 0o077 };

/**
 * Without O_NONBLOCK a named pipe in the file's place would hold guard until someone writes to it.
 * Windows has no such flags; there the look before opening is all there is.
 */
const READ = fs.constants.O_RDONLY | (fs.constants.O_NOFOLLOW ?? 0) | (fs.constants.O_NONBLOCK ?? 0);

/**
 * Reads a text file that only guard or its user writes; root's are as good. Refuses what
 * `readOwnBytes` refuses, and text that is no UTF-8. Never throws.
 */
export function readOwnFile(path: string, bytesMax: number, privacy: OwnFilePrivacy): OwnFile {
  const read = readOwnBytes(path, bytesMax, { user: process.getuid?.(), isRootTrusted: true, privacy });
  if (read.kind !== 'bytes') return read;
  try {
    return { kind: 'text', text: new TextDecoder('utf-8', { fatal: true }).decode(read.bytes) };
  } catch {
    return { kind: 'trouble', why: 'is not valid UTF-8' };
  }
}

/**
 * Reads a file that only guard or its user writes. Refused are symlinks, what is no regular file,
 * files of other users, files that others may write (or, as asked, read), and files above `bytesMax`.
 * The file is looked at before it is opened, since opening a device can do things, and again when it
 * is open, so that the file that was checked is the file that is read. Never throws.
 */
export function readOwnBytes(path: string, bytesMax: number, trust: OwnFileTrust): OwnBytes {
  let descriptor: number | undefined;
  try {
    const before = troubleOf(fs.lstatSync(path), bytesMax, trust);
    if (before !== undefined) return { kind: 'trouble', why: before };
    descriptor = fs.openSync(path, READ);
    const stats = fs.fstatSync(descriptor);
    const why = troubleOf(stats, bytesMax, trust);
    if (why !== undefined) return { kind: 'trouble', why };
    return { kind: 'bytes', bytes: bytesOf(descriptor, stats.size) };
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return { kind: 'absent' };
    return { kind: 'trouble', why: `cannot be read: ${messageOf(error)}` };
  } finally {
    if (descriptor !== undefined) fs.closeSync(descriptor);
  }
}

function troubleOf(stats: fs.Stats, bytesMax: number, trust: OwnFileTrust): string | undefined {
  if (stats.isSymbolicLink()) return 'is a symlink and not a regular file';
  if (stats.isDirectory()) return 'is a folder and not a regular file';
  if (!stats.isFile()) return 'is not a regular file';
  if (stats.size > bytesMax) return `has ${stats.size} bytes, more than ${bytesMax}`;
  const { user, isRootTrusted, privacy } = trust;
  // Windows has neither owners nor modes in this sense; its profile folders are private.
  if (user === undefined) return undefined;
  if (stats.uid !== user && !(isRootTrusted && stats.uid === 0)) {
    return `belongs to user ${stats.uid}, expected ${user}${isRootTrusted ? ' or root' : ''}`;
  }
  if ((stats.mode & FORBIDDEN[privacy]) === 0) return undefined;
  const mode = (stats.mode & 0o7777).toString(8).padStart(4, '0');
  return `has mode ${mode}, which lets others ${privacy === 'owner-only' ? 'read or ' : ''}write it`;
}

/** At most `size` bytes: what is added to the file meanwhile is not read. */
function bytesOf(descriptor: number, size: number): Buffer {
  const buffer = Buffer.alloc(size);
  let filled = 0;
  while (filled < size) {
    const count = fs.readSync(descriptor, buffer, filled, size - filled, filled);
    if (count === 0) break;
    filled += count;
  }
  return buffer.subarray(0, filled);
}
