import { stampOf } from '../../platform/file-stamp.js';
import type { EndedApproval } from '../board.js';
import type { ApprovalRequest } from '../request.js';
import { readEnded } from './bus-files.js';
import { type BusFolders, fileOf, idOfName } from './bus-folder.js';
import { namesIn } from './pruning.js';

/** The requests that are over, as they stand in `ended/`. */
export interface EndedFiles {
  /** Newest first, at most `limit`. */
  newest(limit: number): readonly EndedApproval[];
  /** The newest approval of the same method and tool of the same server. */
  lastApproved(request: ApprovalRequest): EndedApproval | undefined;
  /** How a request ended; undefined where that is not known (yet). */
  find(id: string): EndedApproval | undefined;
  /** Files that are no ended requests: what and why. */
  troubles(): readonly string[];
}

/** What is remembered of a file: enough to find it, since the requests inside can be large. */
interface Entry {
  readonly stamp: string;
  readonly id: string;
  readonly endedMs: number;
  /** Server, method and tool of an approval; undefined for other ends. */
  readonly approved: string | undefined;
  readonly trouble: string | undefined;
}

/** Reads the ended requests, each file once for the index and again when it is asked for. */
export function createEndedFiles(folders: BusFolders, user: number | undefined): EndedFiles {
  let known = new Map<string, Entry>();

  const find = (id: string): EndedApproval | undefined => {
    const reading = readEnded(folders.ended, id, user);
    return reading.kind === 'value' ? { request: reading.value.request, end: reading.value.end } : undefined;
  };
  const read = (id: string, stamp: string): Entry | undefined => {
    const reading = readEnded(folders.ended, id, user);
    if (reading.kind === 'missing') return undefined;
    if (reading.kind === 'trouble') {
      const trouble = `${fileOf(folders.ended, id)} ${reading.why}; remove it`;
      return { stamp, id, endedMs: 0, approved: undefined, trouble };
    }
    const { request, end } = reading.value;
    const approved = end.state === 'approved' ? subjectOf(request) : undefined;
    return { stamp, id, endedMs: Date.parse(end.ended_at), approved, trouble: undefined };
  };
  /** Newest first. */
  const index = (): Entry[] => {
    const seen: typeof known = new Map();
    for (const name of namesIn(folders.ended)) {
      const id = idOfName(name);
      const stamp = id === undefined ? undefined : stampOf(fileOf(folders.ended, id));
      if (id === undefined || stamp === undefined) continue;
      const before = known.get(id);
      const entry = before?.stamp === stamp ? before : read(id, stamp);
      if (entry !== undefined) seen.set(id, entry);
    }
    known = seen;
    return [...known.values()].sort(
      (one, other) => other.endedMs - one.endedMs || (one.id < other.id ? -1 : 1),
    );
  };
  return {
    find,
    newest(limit) {
      const found: EndedApproval[] = [];
      for (const { id, trouble } of index()) {
        if (found.length >= limit) break;
        const ended = trouble === undefined ? find(id) : undefined;
        if (ended !== undefined) found.push(ended);
      }
      return found;
    },
    lastApproved(request) {
      const subject = subjectOf(request);
      const entry = index().find(({ approved }) => approved === subject);
      return entry === undefined ? undefined : find(entry.id);
    },
    troubles: () => index().flatMap(({ trouble }) => trouble ?? []),
  };
}

function subjectOf({ server, method, tool }: ApprovalRequest): string {
  return JSON.stringify([server, method, tool]);
}
