import path from 'node:path';
import { LEDGER_TRIES_MAX } from '../platform/bounds.js';
import { systemErrorCode } from '../platform/errors.js';
import { createLedgerState } from './fold.js';
import { type Generation, LOST, openGeneration } from './generation.js';
import { assertTrustedFolder, type LedgerFiles, untrusted } from './ledger-files.js';
import { encodeSnapshot } from './snapshot.js';

const NAME = /^ledger-([1-9]\d{0,14})\.jsonl(\..+\.tmp)?$/;

/**
 * Opens the newest ledger file of the folder, and makes the first one where there is none.
 * `last` is the file that this process used before: an older one in its place means that it was lost.
 */
export function openNewest(folder: string, files: LedgerFiles, last: Generation | undefined): Generation {
  files.makeFolder(folder);
  for (let tries = 0; tries < LEDGER_TRIES_MAX; tries += 1) {
    assertTrustedFolder(folder, files);
    const number = newest(folder, files);
    if (last !== undefined && number < last.number) throw untrusted(last.path, 'is gone', LOST);
    if (number === 0) {
      createGeneration(folder, 1, encodeSnapshot(createLedgerState(), 1), files);
      continue;
    }
    const generation = tryOpen(folder, number, files);
    if (generation === undefined) continue;
    // INVARIANT: nobody writes to a file before a look at the folder, after it was opened, showed none
    // that is newer. A process that slept through several of them may have made an old one again.
    if (newest(folder, files) === number) return checkSame(generation, last, files);
    files.close(generation.descriptor);
  }
  throw untrusted(folder, `has changed ${LEDGER_TRIES_MAX} times while it was opened`);
}

/** Opens the file that follows a closed one. Its snapshot is what the closed one came to. */
export function openFollowing(folder: string, files: LedgerFiles, closed: Generation): Generation {
  const number = closed.number + 1;
  if (newest(folder, files) < number) {
    createGeneration(folder, number, encodeSnapshot(closed.state, number), files);
    removeOld(folder, number, files);
  }
  const next = openNewest(folder, files, closed);
  if (next.number > closed.number) return next;
  files.close(next.descriptor);
  throw untrusted(closed.path, 'was closed, and the file that follows is gone', LOST);
}

/** The number of the newest ledger file; 0 where there is none. */
function newest(folder: string, files: LedgerFiles): number {
  let highest = 0;
  for (const name of files.list(folder)) {
    const [, number, draft] = NAME.exec(name) ?? [];
    if (number !== undefined && draft === undefined) highest = Math.max(highest, Number(number));
  }
  return highest;
}

/** Undefined where the file is no longer there. */
function tryOpen(folder: string, number: number, files: LedgerFiles): Generation | undefined {
  try {
    return openGeneration(number, fileOf(folder, number), files);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Throws where the file that this process used before was exchanged or cut short. */
function checkSame(generation: Generation, last: Generation | undefined, files: LedgerFiles): Generation {
  if (last?.number !== generation.number) return generation;
  const { device, inode, seen } = last;
  const isSame = generation.device === device && generation.inode === inode && generation.seen >= seen;
  if (isSame) return generation;
  files.close(generation.descriptor);
  throw untrusted(generation.path, 'is another file than before, or was cut short', LOST);
}

function createGeneration(folder: string, number: number, text: string, files: LedgerFiles): void {
  try {
    files.create(fileOf(folder, number), `${text}\n`);
  } catch (error) {
    // EEXIST: another process was first. ENOENT: it was, and has removed the draft as a leftover.
    const code = systemErrorCode(error);
    if (code !== 'EEXIST' && code !== 'ENOENT') throw error;
  }
}

/**
 * Removes what this file and the one before it make superfluous, drafts that a killed process left
 * behind included. The file before stays for those that still read it.
 */
function removeOld(folder: string, number: number, files: LedgerFiles): void {
  for (const name of files.list(folder)) {
    const [, found, draft] = NAME.exec(name) ?? [];
    if (found === undefined) continue;
    const isOld = draft === undefined ? Number(found) < number - 1 : Number(found) <= number;
    if (isOld) removeQuietly(path.join(folder, name), files);
  }
}

/** An old file that stays does no harm: nobody looks at it, and the next one that is made tries again. */
function removeQuietly(file: string, files: LedgerFiles): void {
  try {
    files.remove(file);
  } catch {
    // The next attempt comes by itself.
  }
}

function fileOf(folder: string, number: number): string {
  return path.join(folder, `ledger-${number}.jsonl`);
}
