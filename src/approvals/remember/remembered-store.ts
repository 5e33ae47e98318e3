import { type Adapter, Low } from 'lowdb';
import { REMEMBERED_BYTES_MAX, REMEMBERED_ENTRIES_MAX } from '../../platform/bounds.js';
import { GuardError, messageOf } from '../../platform/errors.js';
import { fileText } from '../../platform/file-text.js';
import { replaceWhole } from '../../platform/whole-file.js';
import { REMEMBERED_VERSION, type RememberedEntry, type RememberedFile } from './entry.js';
import { isExpired } from './match-remembered.js';
import { readRememberedFile } from './remembered-file.js';
import { parseRememberedFile } from './remembered-format.js';
import { withLock } from './remembered-lock.js';

/**
 * Adds an entry to the file, or replaces the one with its id. Throws GuardError
 * `remembered-unreadable` for a file that is not to be trusted, which stays as it is, and
 * `remembered-unwritable`.
 */
export async function saveRemembered(file: string, entry: RememberedEntry): Promise<void> {
  await change(file, (entries) => [...entries.filter(({ id }) => id !== entry.id), entry]);
}

/** Takes entries out of the file; comes back with those that were there. Throws as `saveRemembered`. */
export function revokeRemembered(
  file: string,
  which: readonly string[] | 'all' | 'expired',
  nowMs: number,
): Promise<readonly RememberedEntry[]> {
  const isMeant = (entry: RememberedEntry): boolean => {
    if (which === 'all') return true;
    return which === 'expired' ? isExpired(entry, nowMs) : which.includes(entry.id);
  };
  return change(file, (entries) => entries.filter((entry) => !isMeant(entry)));
}

/** Reads, changes and writes the file as one step; comes back with what it held before and no longer holds. */
function change(
  file: string,
  edit: (entries: readonly RememberedEntry[]) => readonly RememberedEntry[],
): Promise<readonly RememberedEntry[]> {
  return withLock(file, async () => {
    const store = new Low<RememberedFile>(adapterOf(file), { version: REMEMBERED_VERSION, entries: [] });
    await store.read();
    const { entries } = store.data;
    const kept = edit(entries);
    const isChanged = kept.length !== entries.length || kept.some((entry, at) => entry !== entries[at]);
    if (isChanged) {
      store.data = { version: REMEMBERED_VERSION, entries: kept };
      await store.write();
    }
    return entries.filter((entry) => !kept.includes(entry));
  });
}

/** How lowdb reaches the file: distrustful in reading, and in one step in writing, which its own adapter is not. */
function adapterOf(file: string): Adapter<RememberedFile> {
  return {
    read: () => Promise.resolve().then(() => readTrusted(file)),
    write: (data) => Promise.resolve().then(() => writeValid(file, data)),
  };
}

function readTrusted(file: string): RememberedFile {
  const found = readRememberedFile(file);
  if (!('trouble' in found)) return found;
  throw new GuardError('remembered-unreadable', `${file} ${found.trouble}`, {
    hint: `it is left as it is: mend it, or move it away: mv ${file} ${file}.broken`,
  });
}

/** Only what a reader would take is written. */
function writeValid(file: string, data: RememberedFile): void {
  const text = fileText(data);
  if (data.entries.length > REMEMBERED_ENTRIES_MAX || Buffer.byteLength(text) > REMEMBERED_BYTES_MAX) {
    throw new GuardError('remembered-unwritable', `${file} would hold too many remembered answers`, {
      hint: 'guard remembered revoke --expired, or revoke some by their ids',
    });
  }
  const check = parseRememberedFile(text);
  if ('trouble' in check) throw new Error(`what would be written ${check.trouble}`);
  try {
    replaceWhole(file, text, { mode: 0o600, durable: true });
  } catch (error) {
    throw new GuardError('remembered-unwritable', `cannot write ${file}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
