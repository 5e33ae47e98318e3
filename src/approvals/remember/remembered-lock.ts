import { rmSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { REMEMBERED_LOCK_POLL_MS, REMEMBERED_LOCK_TRIES_MAX } from '../../platform/bounds.js';
import { GuardError, messageOf, systemErrorCode } from '../../platform/errors.js';
import { isJsonObject, parseJson } from '../../platform/json.js';
import { makeFolder } from '../../platform/make-folder.js';
import { readOwnFile } from '../../platform/own-file.js';
import { createWhole } from '../../platform/whole-file.js';
import { currentOwner, isOwnerAlive } from '../../platform/process-owner.js';

const LOCK_BYTES_MOST = 4096;
const LOCK_FILE = { mode: 0o600, durable: false, withoutLinks: 'fail' } as const;

/**
 * Runs `change` while no other process changes the file. The lock is a file beside it that names its
 * owner and appears whole; one whose owner is gone is taken away. Throws GuardError
 * `remembered-unwritable` where the lock does not come free.
 */
export async function withLock<Result>(
  file: string,
  change: () => Promise<Result>,
  tries: number = REMEMBERED_LOCK_TRIES_MAX,
): Promise<Result> {
  const lock = `${file}.lock`;
  makeFolderOf(file);
  await take(lock, tries);
  try {
    return await change();
  } finally {
    rmSync(lock, { force: true });
  }
}

function makeFolderOf(file: string): void {
  try {
    makeFolder(path.dirname(file));
  } catch (error) {
    const message = `cannot make the folder of ${file}: ${messageOf(error)}`;
    throw new GuardError('remembered-unwritable', message, { cause: error });
  }
}

async function take(lock: string, tries: number): Promise<void> {
  for (let tried = 0; tried < tries; tried += 1) {
    if (isCreated(lock)) return;
    if (isAbandoned(lock)) breakLock(lock);
    else await pause(REMEMBERED_LOCK_POLL_MS);
  }
  throw new GuardError('remembered-unwritable', `another process holds ${lock}`, {
    hint: `end that process; where there is none, remove the file: rm ${lock}`,
  });
}

/**
 * Takes an abandoned lock away. Only one process does so at a time: two that saw the same dead owner
 * could otherwise remove each other's fresh lock.
 */
function breakLock(lock: string): void {
  const breaker = `${lock}.break`;
  if (!isCreated(breaker)) {
    // Held for microseconds only, so its owner died in just these.
    if (isAbandoned(breaker)) rmSync(breaker, { force: true });
    return;
  }
  try {
    if (isAbandoned(lock)) rmSync(lock, { force: true });
  } finally {
    rmSync(breaker, { force: true });
  }
}

function isCreated(lock: string): boolean {
  try {
    // Never in place: a lock that another process finds empty is one that it takes away.
    createWhole(lock, JSON.stringify({ host: hostname(), ...currentOwner() }), LOCK_FILE);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') return false;
    throw new GuardError('remembered-unwritable', `cannot write ${lock}`, {
      hint: `see: ls -ld ${path.dirname(lock)}`,
      cause: error,
    });
  }
}

/** True where the lock's owner is certainly gone. Of a process on another host nothing is known. */
function isAbandoned(lock: string): boolean {
  const read = readOwnFile(lock, LOCK_BYTES_MOST, 'others-may-read');
  if (read.kind !== 'text') return false;
  const owner = parseJson(read.text);
  // A lock appears whole, so what is no lock was put there by a crash of the disk or by a stranger.
  if (!isJsonObject(owner) || typeof owner['pid'] !== 'number') return true;
  const started = typeof owner['started'] === 'string' ? owner['started'] : null;
  return owner['host'] === hostname() && !isOwnerAlive({ pid: owner['pid'], started });
}
