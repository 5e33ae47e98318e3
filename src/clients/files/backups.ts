import fs from 'node:fs';
import path from 'node:path';
import { CLIENT_BACKUPS_MAX, CLIENT_FILE_BYTES_MAX } from '../../platform/bounds.js';
import { makeFolder } from '../../platform/make-folder.js';
import { readOwnBytes } from '../../platform/own-file.js';
import { textDigest } from '../../platform/text-digest.js';
import { createWhole } from '../../platform/whole-file.js';

const NAME = /^\d{8}T\d{9}Z(?:-\d+)?\.bak$/;

/**
 * Keeps a copy of a config file, mode 0600, before it is changed, and the newest CLIENT_BACKUPS_MAX of
 * each. Returns its path. Throws the system's error.
 */
export function backUp(folder: string, realPath: string, bytes: Uint8Array, wallMs: number): string {
  const own = path.join(folder, textDigest(realPath));
  makeFolder(own);
  const time = new Date(wallMs).toISOString().replaceAll(/[-:.]/g, '');
  let file = path.join(own, `${time}.bak`);
  for (let count = 2; fs.existsSync(file); count += 1) file = path.join(own, `${time}-${count}.bak`);
  createWhole(file, bytes, { mode: 0o600, durable: true, withoutLinks: 'in-place' });
  for (const old of backupsOf(folder, realPath).slice(CLIENT_BACKUPS_MAX)) fs.rmSync(old, { force: true });
  return file;
}

/** The backups of a file, the newest first. */
export function backupsOf(folder: string, realPath: string): string[] {
  const own = path.join(folder, textDigest(realPath));
  try {
    const names = fs.readdirSync(own).filter((name) => NAME.test(name));
    return names.toSorted(newestFirst).map((name) => path.join(own, name));
  } catch {
    return [];
  }
}

/** The bytes of a backup; undefined where it cannot be trusted or read. */
export function readBackup(file: string): Buffer | undefined {
  const trust = { user: process.getuid?.(), isRootTrusted: true, privacy: 'owner-only' } as const;
  const read = readOwnBytes(file, CLIENT_FILE_BYTES_MAX, trust);
  return read.kind === 'bytes' ? read.bytes : undefined;
}

function newestFirst(one: string, other: string): number {
  const [time, count] = partsOf(one);
  const [otherTime, otherCount] = partsOf(other);
  return time === otherTime ? otherCount - count : time < otherTime ? 1 : -1;
}

/** The time, and which backup of that time it is. */
function partsOf(name: string): readonly [time: string, count: number] {
  const [, time = '', count = '1'] = /^(\d{8}T\d{9}Z)(?:-(\d+))?/.exec(name) ?? [];
  return [time, Number(count)];
}
