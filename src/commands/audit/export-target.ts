import { type FileHandle, link, lstat, open, rename, unlink } from 'node:fs/promises';
import path from 'node:path';
import { GuardError, messageOf, systemErrorCode } from '../../platform/errors.js';
import { randomId } from '../../platform/random-id.js';

/** Where an export goes, piece by piece. */
export interface ExportTarget {
  /** Writes a piece; resolves once more is taken. */
  write(text: string): Promise<void>;
  /** All was written: makes it stand. */
  finish(): Promise<void>;
  /** Leaves nothing half written behind. Safe after `finish`. */
  discard(): Promise<void>;
}

/** What is asked of the disk; tests put others in its place. */
export interface ExportFiles {
  readonly open: (file: string) => Promise<Pick<FileHandle, 'write' | 'sync' | 'close'>>;
}

const DISK: ExportFiles = { open: (file) => open(file, 'wx', 0o600) };

/**
 * A file with mode 0600 that appears whole under its name: it is written beside it and then linked, or
 * with `force` renamed over a regular file. Throws GuardError `file-exists` where the name is taken,
 * `export-unwritable` where the disk refuses.
 */
export async function openExportFile(
  file: string,
  force: boolean,
  files: ExportFiles = DISK,
): Promise<ExportTarget> {
  const found = await lstat(file).catch(() => undefined);
  if (found !== undefined && !force) throw taken(file);
  if (found !== undefined && !found.isFile()) {
    throw new GuardError('export-unwritable', `${file} is not a regular file, so it is not replaced`);
  }
  const draft = path.join(path.dirname(file), `${randomId(`.${path.basename(file)}.`, 12)}.tmp`);
  const handle = await files.open(draft).catch((error: unknown) => {
    throw unwritable(file, error);
  });
  let isOpen = true;
  let isThere = true;
  return {
    async write(text) {
      try {
        const bytes = Buffer.from(text);
        // One write may take less than all, as on a disk that fills up.
        for (let at = 0; at < bytes.length;) at += (await handle.write(bytes, at)).bytesWritten;
      } catch (error) {
        throw unwritable(file, error);
      }
    },
    async finish() {
      try {
        await handle.sync();
        isOpen = false;
        await handle.close();
        if (force) await rename(draft, file);
        else await linkNew(draft, file);
        isThere = !force;
      } catch (error) {
        throw systemErrorCode(error) === 'EEXIST' ? taken(file) : unwritable(file, error);
      }
    },
    async discard() {
      if (isOpen) await handle.close().catch(() => undefined);
      isOpen = false;
      if (isThere) await unlink(draft).catch(() => undefined);
      isThere = false;
    },
  };
}

/** A link, unlike a rename, fails where the name is taken; some file systems have none. */
async function linkNew(draft: string, file: string): Promise<void> {
  try {
    await link(draft, file);
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') throw error;
    if ((await lstat(file).catch(() => undefined)) !== undefined) throw taken(file);
    await rename(draft, file);
  }
}

/** What is said where an export cannot be written. */
function unwritable(where: string, error: unknown): GuardError {
  return new GuardError('export-unwritable', `cannot write the export to ${where}: ${messageOf(error)}`, {
    cause: error,
    hint: 'nothing of it was kept; see that there is room and the folder is yours',
  });
}

function taken(file: string): GuardError {
  return new GuardError('file-exists', `${file} is already there`, {
    hint: 'name another file, or replace it with --force',
  });
}
