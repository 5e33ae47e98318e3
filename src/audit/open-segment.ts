import { type OpenLog, openLog } from './reader.js';
import { listSegments, type Segment, type SegmentFile } from './segments.js';

/** A file of a log that is open for reading, and where it stands by now. */
export interface OpenSegment extends OpenLog {
  readonly path: string;
}

/** A file that is renamed more often than this while it is opened is renamed all the time. */
const LOOKS = 5;

/**
 * Opens a file of a log as it was listed, also where it was rotated since: its name is then another one,
 * and its old name may be that of a new file. Undefined where it is gone, because it was pruned.
 * Throws GuardError `audit-unreadable`.
 */
export async function openSegment(segment: Segment | SegmentFile): Promise<OpenSegment | undefined> {
  const first = await openLog(segment.path);
  if (!('inode' in segment)) return first === undefined ? undefined : { ...first, path: segment.path };
  const isIt = (file: Pick<OpenLog, 'inode' | 'device'>): boolean =>
    file.inode === segment.inode && file.device === segment.device;
  let opened = first;
  let { path } = segment;
  for (let look = 0; opened === undefined || !isIt(opened); look += 1) {
    await opened?.handle.close();
    // The current file never is one that was listed under another name: it has the number of one that was removed.
    const moved = (await listSegments(segment.log)).find((file) => !file.current && isIt(file));
    if (moved === undefined || look === LOOKS) return undefined;
    path = moved.path;
    opened = await openLog(path);
  }
  return { ...opened, path };
}
