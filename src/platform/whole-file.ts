import fs from 'node:fs';
import path from 'node:path';
import { systemErrorCode } from './errors.js';
import { randomId } from './random-id.js';

/** Gives a file a second name, and fails where that name is taken. */
export type LinkFile = (from: string, to: string) => void;

/** How a file is written. */
export interface WholeFileOptions {
  /** Permission bits, less what the process masks. */
  readonly mode: number;
  /** Whether it has to be there after a power cut. That takes the time of a disk. */
  readonly durable: boolean;
}

export interface NewFileOptions extends WholeFileOptions {
  /**
   * What to do where the file system has no hard links: create the file in place, where readers may
   * find it unfinished, or throw the system's error.
   */
  readonly withoutLinks: 'in-place' | 'fail';
  /** Tests put others in its place. */
  readonly link?: LinkFile;
}

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

/**
 * Writes a file that must not be there yet. It appears whole under its name: it is written under
 * another one and linked, which unlike a rename fails where the name is taken. Throws the system's
 * EEXIST there.
 */
export function createWhole(file: string, text: string | Uint8Array, options: NewFileOptions): void {
  const draft = writeDraft(file, text, options);
  const link = options.link ?? fs.linkSync;
  try {
    link(draft, file);
  } catch (error) {
    if (options.withoutLinks === 'fail' || !NO_HARD_LINKS.has(systemErrorCode(error))) throw error;
    writeNew(file, text, options);
  } finally {
    discard(draft);
  }
}

/**
 * Writes a file over what is there: a file, or a symlink itself and never what it names. It is seen
 * as it was or as it is, never in between.
 */
export function replaceWhole(file: string, text: string | Uint8Array, options: WholeFileOptions): void {
  const draft = writeDraft(file, text, options);
  try {
    fs.renameSync(draft, file);
  } catch (error) {
    discard(draft);
    throw error;
  }
}

/** Whether the name is that of a file that is just being written, or whose writer was killed. */
export function isDraftName(name: string): boolean {
  return name.startsWith('.') && name.endsWith('.tmp');
}

/**
 * Writes beside the file. The name is made at random: a process id comes again, also at the same time
 * in another container, and what stands under a name like this may be another's draft.
 */
function writeDraft(file: string, text: string | Uint8Array, options: WholeFileOptions): string {
  const draft = path.join(path.dirname(file), `${randomId(`.${path.basename(file)}.`, 12)}.tmp`);
  writeNew(draft, text, options);
  return draft;
}

/** Creates the file and then writes it; what is there is never followed. Leaves nothing half written. */
function writeNew(file: string, text: string | Uint8Array, { mode, durable }: WholeFileOptions): void {
  const descriptor = fs.openSync(file, 'wx', mode);
  try {
    fs.writeFileSync(descriptor, text);
    if (durable) fs.fsyncSync(descriptor);
  } catch (error) {
    discard(file);
    throw error;
  } finally {
    fs.closeSync(descriptor);
  }
}

/** That this fails must not hide what became of the file. */
function discard(file: string): void {
  try {
    fs.unlinkSync(file);
  } catch {
    // It stays under a name that no reader takes for another's.
  }
}
