import { REMEMBERED_BYTES_MAX } from '../../platform/bounds.js';
import { stampOf } from '../../platform/file-stamp.js';
import { readOwnFile } from '../../platform/own-file.js';
import type { ApproverSet } from '../signing/approver-set.js';
import type { RememberedEntry, RememberedFile } from './entry.js';
import { isSigned, parseRememberedFile } from './remembered-format.js';

/** The remembered answers, as a guard process looks at them before it asks. */
export interface RememberedReader {
  /** The entries that count; none where the file is not to be trusted. */
  entries(): readonly RememberedEntry[];
  /** What is wrong with the file, in words for the person; null where nothing is. */
  trouble(): string | null;
}

export interface RememberedReaderOptions {
  /** With approvers, only what one of them signed counts. */
  readonly approvers?: ApproverSet;
}

/**
 * Reads the file when it is asked and the file has changed, at the price of one `stat` for each
 * question. A file that is broken, too large, a link, another user's or open to others counts as empty.
 */
export function createRememberedReader(
  file: string,
  { approvers }: RememberedReaderOptions = {},
): RememberedReader {
  let stamp: string | null | undefined = null;
  let seen: Seen = { entries: [], trouble: null };
  const look = (): Seen => {
    // Taken before the file is read: what changes meanwhile is read at the next question.
    const now = stampOf(file);
    if (now !== stamp) seen = now === undefined ? { entries: [], trouble: null } : read(file, approvers);
    stamp = now;
    return seen;
  };
  return { entries: () => look().entries, trouble: () => look().trouble };
}

interface Seen {
  readonly entries: readonly RememberedEntry[];
  readonly trouble: string | null;
}

/** The whole file, or why it cannot be used; an absent one is empty. */
export function readRememberedFile(file: string): RememberedFile | { readonly trouble: string } {
  const text = readOwnFile(file, REMEMBERED_BYTES_MAX, 'others-may-read');
  if (text.kind === 'absent') return { version: 1, entries: [] };
  return text.kind === 'trouble' ? { trouble: text.why } : parseRememberedFile(text.text);
}

function read(file: string, approvers: ApproverSet | undefined): Seen {
  const found = readRememberedFile(file);
  if ('trouble' in found) {
    return { entries: [], trouble: `${file} ${found.trouble}: no remembered answer counts` };
  }
  if (approvers?.required !== true) return { entries: found.entries, trouble: null };
  const entries = found.entries.filter((entry) => isSigned(entry, approvers));
  const left = found.entries.length - entries.length;
  const trouble =
    left === 0
      ? null
      : `${file}: ${left} of ${found.entries.length} remembered answers are not signed by an enrolled approver and do not count`;
  return { entries, trouble };
}
