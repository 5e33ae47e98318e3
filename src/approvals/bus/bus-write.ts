import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { messageOf, systemErrorCode } from '../../platform/errors.js';
import { escapeHostile } from '../../platform/printable.js';
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

/** What file systems say that have no hard links, or not for this user. */
const NO_HARD_LINKS: ReadonlySet<string | undefined> = new Set([
  'EPERM',
  'EACCES',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EMLINK',
  'EXDEV',
  'EINVAL',
]);

const ADVICE: Readonly<Record<string, string>> = {
  EACCES: 'give this user the right to write there',
  EPERM: 'give this user the right to write there',
  EROFS: 'the file system is read-only',
  ENOSPC: 'free some space on that disk',
  EDQUOT: 'the disk quota is used up',
  EMFILE: 'the process has too many open files: raise its limit (ulimit -n)',
};

/** Attempts to find a name that no killed writer of the same pid has left behind. */
const NAMES_TRIED = 100;

let temporaries = 0;

/**
 * Writes a file that must not be there yet, mode 0600. It appears whole under its name: it is
 * written under another one and linked, which fails where the name is taken. Where there are no hard
 * links it is created exclusively and then written, so that readers may find it unfinished.
 */
export function createFile(file: string, value: object, bytesMax: number, system: BusSystem): Written {
  return writing(file, value, bytesMax, (text) => {
    const temporary = writeTemporary(file, text, system);
    try {
      system.link(temporary, file);
      return true;
    } catch (error) {
      const code = systemErrorCode(error);
      if (code === 'EEXIST') return false;
      if (!NO_HARD_LINKS.has(code)) throw error;
      return createInPlace(file, text);
    } finally {
      removeFile(temporary);
    }
  });
}

/** Writes a file, mode 0600, over what is there. It is seen as it was or as it is, never in between. */
export function replaceFile(file: string, value: object, bytesMax: number, system: BusSystem): Written {
  return writing(file, value, bytesMax, (text) => {
    const temporary = writeTemporary(file, text, system);
    try {
      // Replaces a symlink itself, never what it names.
      fs.renameSync(temporary, file);
      return true;
    } catch (error) {
      removeFile(temporary);
      throw error;
    }
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

/**
 * The value as the text of a file that a person may `cat`: indented, and with every character that a
 * terminal would act on, or a person could not see, as a JSON escape. It means the same.
 */
export function fileText(value: object): string {
  const text = JSON.stringify(value, null, 2);
  return `${escapeHostile(text, (character) => (character === '\n' ? character : jsonEscapes(character)))}\n`;
}

function jsonEscapes(character: string): string {
  return Array.from({ length: character.length }, (_, index) => {
    const code = character.charCodeAt(index).toString(16).padStart(4, '0');
    return `\\u${code}`;
  }).join('');
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

/** Writes beside the file, under a name that no reader takes for one of the bus. */
function writeTemporary(file: string, bytes: Buffer, system: BusSystem): string {
  for (let tried = 1; ; tried += 1) {
    temporaries += 1;
    const name = `.${path.basename(file, '.json')}.${system.pid}.${temporaries}.tmp`;
    const temporary = path.join(path.dirname(file), name);
    try {
      if (createInPlace(temporary, bytes)) return temporary;
    } catch (error) {
      removeFile(temporary);
      throw error;
    }
    if (tried >= NAMES_TRIED) throw new Error(`${name} and many names like it are taken`);
  }
}

/** Creates the file and then writes it; false where something is there, which is never followed. */
function createInPlace(file: string, bytes: Buffer): boolean {
  let descriptor: number;
  try {
    descriptor = fs.openSync(file, 'wx', 0o600);
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') return false;
    throw error;
  }
  try {
    fs.writeFileSync(descriptor, bytes);
    return true;
  } catch (error) {
    removeFile(file);
    throw error;
  } finally {
    fs.closeSync(descriptor);
  }
}
