import type { FileFormat } from '../formats/read-document.js';
import type { ConfigDocument } from '../formats/tree.js';
import type { Client } from '../table/client.js';
import type { EntryPlace } from './find-entries.js';

/** How a file is to be understood. */
export interface FileKind extends EntryPlace {
  readonly format: FileFormat;
  readonly client: Pick<Client, 'shape' | 'timeout' | 'callMs' | 'splitsWords'>;
}

/** What became of one server of a file. */
export interface EntryResult {
  readonly path: readonly string[];
  readonly name: string;
  /**
   * `changed`: wrapped, or unwrapped. `already`: nothing to do. `left`: nothing that guard could stand
   * in front of, or not asked for. `refused`: it should have been changed and was not.
   */
  readonly outcome: 'changed' | 'already' | 'left' | 'refused';
  /** What to know of it; of `changed` too, where something else was done than putting guard in front. */
  readonly why?: string;
}

/** What guard has to remember of an entry that it wrapped, to take all of it back and to notice changes. */
export interface EntryNote {
  readonly path: readonly string[];
  /** Digest of what the entry means now. */
  readonly digest: string;
  /** The limit that was set, as it stands in the file, and what stood there before; null where nothing did. */
  readonly timeout?: { readonly key: string; readonly written: string; readonly before: string | null };
  /** A remote entry as it was, and the digest of its text as it was written. */
  readonly remote?: { readonly before: string; readonly written: string };
}

/** What is to be written, or why the file stays as it is; `why` follows its name in a sentence. */
export type FilePlan =
  | { readonly kind: 'refused'; readonly why: string }
  | {
      readonly kind: 'plan';
      readonly before: ConfigDocument;
      /** Undefined where nothing changes. */
      readonly after: ConfigDocument | undefined;
      readonly results: readonly EntryResult[];
      /** Of each entry that was changed. */
      readonly notes: readonly EntryNote[];
    };

/** One key for a path, for maps. */
export function pathKey(path: readonly string[]): string {
  return JSON.stringify(path);
}
