import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { messageOf, systemErrorCode } from '../../platform/errors.js';
import { fileText } from '../../platform/file-text.js';
import { createWhole, replaceWhole } from '../../platform/whole-file.js';
import type { BusSystem } from './bus-system.js';

/** What became of a file that was to be written. */
export type Written =
  | {
      readonly kind: 'written';
      /** sha256 of the file, hex. */
      readonly digest: string;
    }
  /** There is something of this name already, and it stays as it is. */
  | { readonly kind: 'exists' }
  | { readonly kind: 'trouble'; readonly why: string };

const ADVICE: Readonly<Record<string, string>> = {
  EACCES: 'give this user the right to write there',
  EPERM: 'give this user the right to write there',
  EROFS: 'the file system is read-only',
  ENOSPC: 'free some space on that disk',
  EDQUOT: 'the disk quota is used up',
  EMFILE: 'the process has too many open files: raise its limit (ulimit -n)',
};

/** The bus need not outlive a power cut: the calls that wait on it do not either. */
const AS_ON_BUS = { mode: 0o600, durable: false } as const;

/**
 * Writes a file that must not be there yet, mode 0600. It appears whole; only where there are no hard
 * links may readers find it unfinished.
 */
export function createFile(file: string, value: object, bytesMax: number, { link }: BusSystem): Written {
  return writing(file, value, bytesMax, (bytes) => {
    try {
      createWhole(file, bytes, { ...AS_ON_BUS, withoutLinks: 'in-place', link });
      return true;
    } catch (error) {
      if (systemErrorCode(error) === 'EEXIST') return false;
      throw error;
    }
  });
}

/** Writes a file, mode 0600, over what is there. It is seen as it was or as it is, never in between. */
export function replaceFile(file: string, value: object, bytesMax: number): Written {
  return writing(file, value, bytesMax, (bytes) => {
    replaceWhole(file, bytes, AS_ON_BUS);
    return true;
  });
}

/**
 * Removes what is there under this name: a file, a symlink (never what it names), an empty folder.
 * Returns whether nothing is left.
 */
export function removeFile(file: string): boolean {
  try {
    fs.unlinkSync(file);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return true;
  }
  try {
    fs.rmdirSync(file);
    return true;
  } catch {
    return false;
  }
}

function writing(file: string, value: object, bytesMax: number, put: (bytes: Buffer) => boolean): Written {
  try {
    const bytes = Buffer.from(fileText(value));
    if (bytes.length > bytesMax) {
      return { kind: 'trouble', why: `${file} would have ${bytes.length} bytes, more than ${bytesMax}` };
    }
    if (!put(bytes)) return { kind: 'exists' };
    return { kind: 'written', digest: createHash('sha256').update(bytes).digest('hex') };
  } catch (error) {
    const advice = ADVICE[systemErrorCode(error) ?? ''];
    const why = `cannot write ${file}: ${messageOf(error)}`;
    return { kind: 'trouble', why: advice === undefined ? why : `${why}; ${advice}` };
  }
}
