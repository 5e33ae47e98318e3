import type { EntryNote } from '../../clients/edit/file-plan.js';
import { backUp } from '../../clients/files/backups.js';
import { readNotes, writeNotes } from '../../clients/files/install-notes.js';
import {
  replaceConfigFile,
  type WritePort,
  type WriteResult,
} from '../../clients/files/replace-config-file.js';
import { bytesOf } from '../../clients/formats/read-document.js';
import type { Clock } from '../../platform/clock.js';
import { messageOf } from '../../platform/errors.js';
import type { StateFiles } from '../../platform/state-files.js';
import type { ChangingFile } from './planned-file.js';

/** What writing needs to know of the machine. */
export interface WritePlace {
  readonly state: Pick<StateFiles, 'clients' | 'backups'>;
  readonly user: number | undefined;
  readonly clock: Clock;
  readonly port?: Partial<WritePort>;
}

/**
 * Writes one planned file: a backup first, then what has to be remembered of it, then the file. Where
 * the file cannot be written, what was remembered before is remembered again. Never throws.
 */
export async function writePlanned(planned: ChangingFile, place: WritePlace): Promise<WriteResult> {
  const { file, found } = planned;
  const { state, user, clock, port } = place;
  let before: readonly EntryNote[];
  try {
    // The plan was made with these notes, or there is no plan.
    before = readNotes(state.clients, file.realPath).entries;
    backUp(state.backups, file.realPath, file.bytes, clock.wallMs());
    writeNotes(state.clients, { file: file.realPath, entries: planned.notes });
  } catch (error) {
    return { kind: 'refused', why: `cannot be backed up first: ${messageOf(error)}` };
  }
  const written = await replaceConfigFile(file, bytesOf(planned.after), {
    locks: found.readers.some(({ client }) => client.locks === true),
    user,
    nowMs: () => clock.wallMs(),
    ...(port === undefined ? {} : { port }),
  });
  if (written.kind === 'refused') {
    try {
      writeNotes(state.clients, { file: file.realPath, entries: before });
    } catch {
      // A note of an entry that is not guarded makes doctor say so: that is true.
    }
  }
  return written;
}
