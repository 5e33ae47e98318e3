import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { CONFIG_BYTES_MAX } from '../platform/bounds.js';
import { GuardError, messageOf, systemErrorCode } from '../platform/errors.js';

/** The text of a config file, and what it was read from. */
export interface FileText {
  readonly path: string;
  readonly text: string;
  /** `sha256:` and the hex digest of the bytes. */
  readonly digest: string;
}

/** Whether only trustworthy people may be able to write the file. */
export type Trust = 'owner-only' | 'anyone';

/**
 * Reads a config file whole. The checks look at the open file, so the file that was checked is the
 * file that is read. Throws GuardError: config-not-found, config-insecure, config-invalid.
 */
export function readConfigText(path: string, trust: Trust): FileText {
  const descriptor = open(path);
  try {
    const stats = fstatSync(descriptor);
    if (stats.isDirectory()) throw unreadable(path, 'it is a folder, expected a file');
    if (!stats.isFile()) throw unreadable(path, 'it is not a regular file');
    if (trust === 'owner-only') refuseInsecure(path, stats);
    refuseLarge(path, stats.size);
    const bytes = readFileSync(descriptor);
    refuseLarge(path, bytes.length);
    return {
      path,
      text: decode(path, bytes),
      digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
    };
  } catch (error) {
    if (error instanceof GuardError) throw error;
    throw unreadable(path, messageOf(error), error);
  } finally {
    closeSync(descriptor);
  }
}

function open(path: string): number {
  try {
    // Without O_NONBLOCK a named pipe in the file's place would hold guard until someone writes to it.
    return openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw unreadable(path, messageOf(error), error);
    throw new GuardError('config-not-found', `no config file at ${path}`, {
      hint: 'guard init writes a starter file',
      cause: error,
    });
  }
}

/** A policy that others can write is no policy. Windows has no such modes; its profile folders are private. */
function refuseInsecure(path: string, stats: Stats): void {
  const user = process.getuid?.();
  if (user === undefined) return;
  if (stats.uid !== 0 && stats.uid !== user) {
    throw new GuardError(
      'config-insecure',
      `config file ${path} belongs to user ${stats.uid}, expected root or user ${user}`,
      {
        hint: 'change its owner, or name another file with --config',
      },
    );
  }
  if ((stats.mode & 0o022) !== 0) {
    const mode = (stats.mode & 0o777).toString(8).padStart(3, '0');
    throw new GuardError('config-insecure', `config file ${path} has mode ${mode}: others can write to it`, {
      hint: `chmod go-w ${path}`,
    });
  }
}

function refuseLarge(path: string, bytes: number): void {
  if (bytes > CONFIG_BYTES_MAX) {
    throw unreadable(path, `it has ${bytes} bytes, expected at most ${CONFIG_BYTES_MAX}`);
  }
}

function decode(path: string, bytes: Buffer): string {
  try {
    // A byte order mark is taken off; editors on Windows write one.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw unreadable(path, 'it is not valid UTF-8', error);
  }
}

function unreadable(path: string, why: string, cause?: unknown): GuardError {
  return new GuardError('config-invalid', `cannot read config file ${path}: ${why}`, {
    hint: 'correct or remove the file',
    ...(cause === undefined ? {} : { cause }),
  });
}
