import type { EntryNote, EntryResult } from '../../clients/edit/file-plan.js';
import type { FoundFile } from '../../clients/files/find-files.js';
import type { ConfigFile } from '../../clients/files/read-config-file.js';
import type { ConfigDocument } from '../../clients/formats/tree.js';

/** What a command means to do with one file. */
export type PlannedFile = StayingFile | ChangingFile;

interface StayingFile {
  readonly kind: 'stays';
  readonly found: FoundFile;
  /** Why the whole file stays as it is; `why` follows its name in a sentence. */
  readonly refused?: string;
  readonly results: readonly EntryResult[];
}

/** A file that is to be written. */
export interface ChangingFile {
  readonly kind: 'changes';
  readonly found: FoundFile;
  readonly file: ConfigFile;
  readonly before: ConfigDocument;
  readonly after: ConfigDocument;
  readonly results: readonly EntryResult[];
  /** All that is to be remembered of the file afterwards. */
  readonly notes: readonly EntryNote[];
}
