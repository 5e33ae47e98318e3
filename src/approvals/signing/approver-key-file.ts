import { lstatSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { APPROVER_KEY_BYTES_MAX, APPROVERS_MAX } from '../../platform/bounds.js';
import { GuardError, messageOf, systemErrorCode } from '../../platform/errors.js';
import { makeFolder } from '../../platform/make-folder.js';
import { readOwnFile } from '../../platform/own-file.js';
import { createWhole } from '../../platform/whole-file.js';
import { type ApproverKey, isApproverName, parseApproverKey } from './approver-key-format.js';

/** Where the key of an approver lies. Throws GuardError `usage` for a name that can be no file's. */
export function approverKeyPath(userConfigDir: string, name: string): string {
  if (!isApproverName(name)) {
    throw new GuardError('usage', 'expected a name of 1 to 64 letters, digits, dots, _ or -', {
      hint: 'guard approver enroll alice',
    });
  }
  return path.join(approverFolder(userConfigDir), `${name}.json`);
}

/** Writes a key to a new file that only its user can read. Throws GuardError `file-exists`. */
export function writeApproverKey(file: string, key: ApproverKey): void {
  makeFolder(path.dirname(file));
  try {
    const text = `${JSON.stringify(key, null, 2)}\n`;
    createWhole(file, text, { mode: 0o600, durable: true, withoutLinks: 'in-place' });
  } catch (error) {
    if (systemErrorCode(error) !== 'EEXIST') throw error;
    throw exists(file, error);
  }
}

/** Throws GuardError `file-exists` where there is a key already: a second one would make the first worthless. */
export function refuseExistingKey(file: string): void {
  if (lstatSync(file, { throwIfNoEntry: false }) !== undefined) throw exists(file);
}

/** Reads the file of an approver's key. Throws GuardError `approver-key-unreadable`. */
export function readApproverKey(file: string): ApproverKey {
  const read = readOwnFile(file, APPROVER_KEY_BYTES_MAX, 'owner-only');
  if (read.kind === 'absent') {
    throw unreadable(`there is no approver's key at ${file}`, 'guard approver enroll NAME makes one');
  }
  if (read.kind === 'trouble') throw unreadable(`${file} ${read.why}`, `see: ls -l ${file}`);
  const key = parseApproverKey(read.text);
  if ('trouble' in key) throw unreadable(`${file} ${key.trouble}`, 'restore the file, or enroll anew');
  return key;
}

/** A key file of this user: the key, or why it cannot be used. */
export interface FoundApproverKey {
  readonly file: string;
  readonly name: string;
  readonly key: ApproverKey | undefined;
  readonly trouble: string | undefined;
}

/** The key files of this user by name; at most APPROVERS_MAX are looked at. */
export function findApproverKeys(userConfigDir: string): FoundApproverKey[] {
  const folder = approverFolder(userConfigDir);
  return namesIn(folder).map((entry) => {
    const file = path.join(folder, entry);
    const name = path.basename(entry, '.json');
    try {
      const key = readApproverKey(file);
      const trouble = key.name === name ? undefined : `${file} holds the key of ${key.name}`;
      return { file, name, key, trouble };
    } catch (error) {
      return { file, name, key: undefined, trouble: messageOf(error) };
    }
  });
}

function namesIn(folder: string): string[] {
  try {
    const names = readdirSync(folder).filter((entry) => entry.endsWith('.json'));
    return names.toSorted().slice(0, APPROVERS_MAX);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw unreadable(`${folder} cannot be read: ${messageOf(error)}`, `see: ls -ld ${folder}`);
  }
}

function approverFolder(userConfigDir: string): string {
  return path.join(userConfigDir, 'approvers');
}

function exists(file: string, cause?: unknown): GuardError {
  return new GuardError('file-exists', `${file} is there already`, {
    hint: 'choose another name, or move the old key away and enroll anew',
    ...(cause === undefined ? {} : { cause }),
  });
}

function unreadable(message: string, hint: string): GuardError {
  return new GuardError('approver-key-unreadable', message, { hint });
}
