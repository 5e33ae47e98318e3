import fs from 'node:fs';
import path from 'node:path';
import {
  APPROVAL_LEFTOVER_MS,
  APPROVALS_ENDED_MAX,
  APPROVALS_KEPT_MS,
  APPROVALS_REFUSED_MAX,
} from '../../platform/bounds.js';
import type { Clock } from '../../platform/clock.js';
import { isDraftName } from '../../platform/whole-file.js';
import { type BusFolders, fileOf, idOfName, idOfRefusedName } from './bus-folder.js';
import { removeFile } from './bus-write.js';

/**
 * Takes old files off a bus that was found to be trustworthy: ended requests and refused answers
 * beyond the newest of each, or older than APPROVALS_KEPT_MS; what killed writers left behind; and
 * answers to requests that are not there. Files of other names are nobody's and stay.
 */
export function pruneBus(folders: BusFolders, clock: Pick<Clock, 'wallMs'>): void {
  const nowMs = clock.wallMs();
  keepNewest(folders.ended, idOfName, APPROVALS_ENDED_MAX, nowMs);
  keepNewest(folders.refused, idOfRefusedName, APPROVALS_REFUSED_MAX, nowMs);
  for (const folder of [folders.requests, folders.answers, folders.ended, folders.refused]) {
    for (const name of namesIn(folder)) {
      const id = folder === folders.answers ? idOfName(name) : undefined;
      const isOrphan = id !== undefined && !fs.existsSync(fileOf(folders.requests, id));
      if (!isOrphan && !isDraftName(name)) continue;
      const file = path.join(folder, name);
      const writtenMs = writtenAt(file);
      if (writtenMs !== undefined && nowMs - writtenMs > APPROVAL_LEFTOVER_MS) removeFile(file);
    }
  }
}

/** The names in a folder, sorted; none where it cannot be read. */
export function namesIn(folder: string): string[] {
  try {
    return fs.readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function keepNewest(
  folder: string,
  idOf: (name: string) => string | undefined,
  filesMax: number,
  nowMs: number,
): void {
  const files = namesIn(folder)
    .filter((name) => idOf(name) !== undefined)
    .map((name) => path.join(folder, name))
    .map((file) => ({ file, writtenMs: writtenAt(file) ?? 0 }))
    .sort((one, other) => other.writtenMs - one.writtenMs);
  for (const [index, { file, writtenMs }] of files.entries()) {
    if (index >= filesMax || nowMs - writtenMs > APPROVALS_KEPT_MS) removeFile(file);
  }
}

function writtenAt(file: string): number | undefined {
  try {
    return fs.lstatSync(file).mtimeMs;
  } catch {
    return undefined;
  }
}
