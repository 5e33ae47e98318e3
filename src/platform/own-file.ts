import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from 'node:fs';
import { messageOf, systemErrorCode } from './errors.js';

/** What reading a file of guard's own comes to. */
export type OwnFile =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'absent' }
  /** `why` follows the file's path in a sentence: "… is a symbolic link". */
  | { readonly kind: 'trouble'; readonly why: string };

/** Who beside its owner may have the file's bits. */
export type OwnFilePrivacy = 'others-may-read' | 'owner-only';

const FORBIDDEN: Readonly<Record<OwnFilePrivacy, number>> = { 'others-may-read': 0o022, 'owner-only': 0o077 };

/**
 * Reads a file that only guard or its user writes. Refused are symbolic links, what is no regular
 * file, files of other users (root's are as good as one's own), files that others may write (or, as
 * asked, read), files above `bytesMax`, and text that is no UTF-8. The checks look at the open file,
 * so the file that was checked is the file that is read. Never throws.
 */
export function readOwnFile(path: string, bytesMax: number, privacy: OwnFilePrivacy): OwnFile {
  let descriptor: number | undefined;
  try {
    // Without O_NONBLOCK a named pipe in the file's place would hold guard until someone writes to it.
    const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
    descriptor = openSync(path, flags);
    const why = troubleOf(fstatSync(descriptor), bytesMax, privacy);
    if (why !== undefined) return { kind: 'trouble', why };
    const bytes = readFileSync(descriptor);
    if (bytes.length > bytesMax) return { kind: 'trouble', why: tooLarge(bytes.length, bytesMax) };
    return { kind: 'text', text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch (error) {
    return failure(error);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function troubleOf(stats: Stats, bytesMax: number, privacy: OwnFilePrivacy): string | undefined {
  if (!stats.isFile()) return 'is not a regular file';
  // Windows has no such owners and modes; its profile folders are private.
  const user = process.getuid?.();
  if (user !== undefined && stats.uid !== user && stats.uid !== 0) return `belongs to user ${stats.uid}`;
  if (user !== undefined && (stats.mode & FORBIDDEN[privacy]) !== 0) {
    const mode = (stats.mode & 0o777).toString(8).padStart(3, '0');
    return `has mode ${mode}, which lets others ${privacy === 'owner-only' ? 'read or ' : ''}write it`;
  }
  return stats.size > bytesMax ? tooLarge(stats.size, bytesMax) : undefined;
}

function tooLarge(bytes: number, bytesMax: number): string {
  return `has ${bytes} bytes, more than ${bytesMax}`;
}

function failure(error: unknown): OwnFile {
  const code = systemErrorCode(error);
  if (code === 'ENOENT') return { kind: 'absent' };
  if (code === 'ELOOP') return { kind: 'trouble', why: 'is a symbolic link' };
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return { kind: 'trouble', why: 'is not valid UTF-8' };
  return { kind: 'trouble', why: `cannot be read: ${messageOf(error)}` };
}
