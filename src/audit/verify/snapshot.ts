import { type OpenSegment, openSegment } from '../open-segment.js';
import type { SegmentFile } from '../segments.js';

/** How often a log is looked at anew while files of it are removed: the oldest go first, so that is soon known. */
const LOOKS = 100;

/**
 * The files of a log, oldest first, with as many bytes of each as belong together while guards write on. The
 * newest is looked at first: what a writer wrote before anything that is seen of it is in the older ones by
 * then. Undefined where a file was pruned meanwhile. Throws GuardError `audit-unreadable`.
 */
async function snapshotOf(segments: readonly SegmentFile[]): Promise<readonly SegmentFile[] | undefined> {
  const seen: SegmentFile[] = [];
  for (const segment of segments.toReversed()) {
    const log = await openSegment(segment);
    await log?.handle.close();
    if (log === undefined) return undefined;
    seen.unshift({ ...segment, size: log.size });
  }
  return seen;
}

/** Opens a file for as many bytes as the snapshot has of it; undefined where it was pruned since. */
async function openPart(segment: SegmentFile): Promise<OpenSegment | undefined> {
  const log = await openSegment(segment);
  return log === undefined ? undefined : { ...log, size: segment.size };
}

/**
 * Reads all files of a log that guards may write to, rotate and prune meanwhile. `begin` is told of the files
 * and says what reads each of them, oldest first; it is asked again where a file was pruned before it was read.
 * Throws GuardError `audit-unreadable`, and what reading throws.
 */
export async function readWhole(
  list: () => Promise<readonly SegmentFile[]>,
  begin: (files: readonly SegmentFile[]) => (part: OpenSegment) => Promise<void>,
): Promise<void> {
  for (let look = 1; ; look += 1) {
    const segments = await list();
    // With the last look what is gone counts as gone.
    const files = (await snapshotOf(segments)) ?? (look < LOOKS ? undefined : segments);
    if (files !== undefined && (await readParts(files, begin(files), look < LOOKS))) return;
  }
}

/** False where a file was gone, and that matters. */
async function readParts(
  files: readonly SegmentFile[],
  read: (part: OpenSegment) => Promise<void>,
  mayStartOver: boolean,
): Promise<boolean> {
  for (const file of files) {
    const part = await openPart(file);
    if (part !== undefined) await read(part);
    else if (mayStartOver) return false;
  }
  return true;
}
