import path from 'node:path';
import { APPROVAL_BOARD_BYTES_MAX, APPROVAL_BOARD_FILES_MAX } from '../../platform/bounds.js';
import { stampOf } from '../../platform/file-stamp.js';
import { isDraftName } from '../../platform/whole-file.js';
import type { ApprovalRequest } from '../request.js';
import { type Reading, readRequest } from './bus-files.js';
import { type BusFolders, fileOf, idOfName } from './bus-folder.js';
import { namesIn } from './pruning.js';

/** What stands in `requests/`. */
export interface RequestScan {
  /** Oldest first. */
  readonly requests: readonly ApprovalRequest[];
  /** Files that are no requests: what and why. */
  readonly troubles: readonly string[];
}

/** Reads the requests on the bus, each file once as long as it does not change. */
export function createRequestReader(folders: BusFolders, user: number | undefined): () => RequestScan {
  let known = new Map<string, { readonly stamp: string; readonly reading: Reading<ApprovalRequest> }>();

  return function scanRequests() {
    const seen: typeof known = new Map();
    const requests: ApprovalRequest[] = [];
    const troubles: string[] = [];
    let bytes = 0;
    let unread = 0;
    for (const name of namesIn(folders.requests)) {
      if (isDraftName(name)) continue;
      const id = idOfName(name);
      if (id === undefined) {
        troubles.push(`${path.join(folders.requests, name)} has no name of a request; move it away`);
        continue;
      }
      if (seen.size >= APPROVAL_BOARD_FILES_MAX || bytes >= APPROVAL_BOARD_BYTES_MAX) {
        unread += 1;
        continue;
      }
      const file = fileOf(folders.requests, id);
      const stamp = stampOf(file);
      if (stamp === undefined) continue;
      const before = known.get(id);
      const entry =
        before?.stamp === stamp ? before : { stamp, reading: readRequest(folders.requests, id, user) };
      seen.set(id, entry);
      const { reading } = entry;
      if (reading.kind === 'trouble') troubles.push(`${file} ${reading.why}; remove it`);
      if (reading.kind !== 'value') continue;
      bytes += reading.bytes;
      requests.push(reading.value);
    }
    known = seen;
    if (unread > 0)
      troubles.push(`${unread} more requests wait and are not shown; answer some of these first`);
    return { requests: requests.sort(byAge), troubles };
  };
}

function byAge(one: ApprovalRequest, other: ApprovalRequest): number {
  return Date.parse(one.created_at) - Date.parse(other.created_at) || (one.id < other.id ? -1 : 1);
}
