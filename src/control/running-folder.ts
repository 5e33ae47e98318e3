import fs from 'node:fs';
import path from 'node:path';
import { isOwnerAlive } from '../platform/process-owner.js';
import { RUNNING_FILE_BYTES_MAX, RUNNING_FILES_MAX } from '../platform/bounds.js';
import { messageOf, systemErrorCode } from '../platform/errors.js';
import { fileText } from '../platform/file-text.js';
import { makeFolder } from '../platform/make-folder.js';
import { readOwnBytes } from '../platform/own-file.js';
import { replaceWhole } from '../platform/whole-file.js';
import { readRunningText, runningFile, runningFileName, type RunningGuard } from './running-file.js';

/** The running guards, and what could not be read of them, as whole sentences. */
export interface RunningGuards {
  readonly guards: readonly RunningGuard[];
  readonly troubles: readonly string[];
}

/** Writes what a guard tells of itself. Throws the system's error. */
export function writeRunning(folder: string, guard: RunningGuard): void {
  makeFolder(folder);
  const file = path.join(folder, runningFileName(guard.writer));
  // It is of no use after a power cut: the process is gone too.
  replaceWhole(file, fileText(runningFile(guard)), { mode: 0o600, durable: false });
}

/** Takes a guard's file away; that it cannot be is no harm, since its process is gone. */
export function removeRunning(folder: string, writer: string): void {
  try {
    fs.unlinkSync(path.join(folder, runningFileName(writer)));
  } catch {
    // Whoever reads the folder sees that the process has ended.
  }
}

/** Every guard whose process is there, in the order of their start; files of the others are taken away. Never throws. */
export function readRunning(folder: string): RunningGuards {
  const guards: RunningGuard[] = [];
  const troubles: string[] = [];
  for (const name of namesIn(folder, troubles)) {
    const file = path.join(folder, name);
    const read = readOwnBytes(file, RUNNING_FILE_BYTES_MAX, {
      user: process.getuid?.(),
      isRootTrusted: false,
      privacy: 'others-may-read',
    });
    if (read.kind === 'absent') continue;
    const guard = read.kind === 'bytes' ? readRunningText(name, read.bytes.toString('utf8')) : undefined;
    if (guard === undefined) {
      const why = read.kind === 'trouble' ? read.why : 'is not as this guard writes it';
      troubles.push(`${file} ${why}`);
    } else if (isOwnerAlive(guard)) {
      guards.push(guard);
    } else {
      removeRunning(folder, guard.writer);
    }
  }
  return { guards: guards.toSorted((a, b) => (a.since < b.since ? -1 : 1)), troubles };
}

function namesIn(folder: string, troubles: string[]): readonly string[] {
  try {
    const names = fs.readdirSync(folder).filter((name) => !name.startsWith('.'));
    if (names.length > RUNNING_FILES_MAX) {
      troubles.push(`${folder} holds ${names.length} files; ${RUNNING_FILES_MAX} of them were read`);
    }
    return names.slice(0, RUNNING_FILES_MAX);
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') troubles.push(`${folder} cannot be read: ${messageOf(error)}`);
    return [];
  }
}
