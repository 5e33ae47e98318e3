import fs from 'node:fs';
import { CLIENT_FILE_BYTES_MAX } from '../../platform/bounds.js';
import { messageOf, systemErrorCode } from '../../platform/errors.js';

/** A config file of a client as it was found. */
export interface ConfigFile {
  /** Where the client looks; may be a symlink. */
  readonly path: string;
  /** The file itself. */
  readonly realPath: string;
  readonly bytes: Buffer;
  /** Permission bits. */
  readonly mode: number;
  readonly modifiedMs: number;
}

export type FileReading =
  | { readonly kind: 'file'; readonly file: ConfigFile }
  | { readonly kind: 'absent' }
  /** `why` follows the file's name in a sentence. */
  | { readonly kind: 'refused'; readonly why: string };

/** Without O_NONBLOCK a named pipe in the file's place would hold guard until someone writes to it. */
const READ = fs.constants.O_RDONLY | (fs.constants.O_NONBLOCK ?? 0);

/**
 * Reads a config file through its symlinks. Refused are loops, what is no regular file, files of
 * other users (`user` is undefined where files have no owners) and files above CLIENT_FILE_BYTES_MAX.
 * Never throws.
 */
export function readConfigFile(path: string, user: number | undefined): FileReading {
  let descriptor: number | undefined;
  try {
    const realPath = fs.realpathSync(path);
    // Opening a device can do things, so it is looked at first.
    const early = troubleOf(fs.statSync(realPath), user);
    if (early !== undefined) return { kind: 'refused', why: early };
    descriptor = fs.openSync(realPath, READ);
    const stats = fs.fstatSync(descriptor);
    const why = troubleOf(stats, user);
    if (why !== undefined) return { kind: 'refused', why };
    const bytes = fs.readFileSync(descriptor);
    return {
      kind: 'file',
      file: { path, realPath, bytes, mode: stats.mode & 0o7777, modifiedMs: stats.mtimeMs },
    };
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'absent' };
    if (code === 'ELOOP') return { kind: 'refused', why: 'is a symlink that leads back to itself' };
    return { kind: 'refused', why: `cannot be read: ${messageOf(error)}` };
  } finally {
    if (descriptor !== undefined) fs.closeSync(descriptor);
  }
}

function troubleOf(stats: fs.Stats, user: number | undefined): string | undefined {
  if (!stats.isFile()) return 'is no regular file';
  if (stats.size > CLIENT_FILE_BYTES_MAX)
    return `has ${stats.size} bytes, more than ${CLIENT_FILE_BYTES_MAX}`;
  if (user !== undefined && stats.uid !== user) return `belongs to user ${stats.uid}, expected ${user}`;
  return undefined;
}
