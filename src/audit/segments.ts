import type { Stats } from 'node:fs';
import { lstat, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { AUDIT_SEGMENTS_MAX } from '../platform/bounds.js';
import { GuardError, messageOf, systemErrorCode } from '../platform/errors.js';
import { readSegmentName, type SegmentName } from './segment-name.js';

/**
 * One file of a log. logrotate's names (audit.jsonl.1, audit.jsonl-20260131) count as segments too,
 * where they are plain text.
 */
export interface Segment {
  /** Absolute where the log's path is. */
  readonly path: string;
  /** Bytes when it was looked at. */
  readonly size: number;
  /** True for the file that writers append to. */
  readonly current: boolean;
}

/** A segment with what tells it from others. */
export interface SegmentFile extends Segment {
  /** Path of the log that it is a file of. */
  readonly log: string;
  readonly device: number;
  readonly inode: number;
  /** When it was last written to, wall-clock milliseconds since 1970. */
  readonly writtenMs: number;
  /** When it was last written to, renamed or had its mode changed, wall-clock milliseconds since 1970. */
  readonly changedMs: number;
  /** When guard rotated it, by its name; undefined for the current file and for those of logrotate. */
  readonly rotatedMs: number | undefined;
}

/**
 * The files of the log at this path: rotated ones oldest first, the current one last, where there is
 * one. Symlinks and compressed files are left out. A file that is gone by the time somebody opens it
 * was pruned: that is no error of the log.
 * Throws GuardError `audit-unreadable` where the folder cannot be read or holds more than
 * AUDIT_SEGMENTS_MAX segments.
 */
export async function listSegments(log: string): Promise<readonly SegmentFile[]> {
  for (let look = 0; ; look += 1) {
    const before = await statusOf(log, stat);
    const rotated = await rotatedSegments(log);
    const current = await statusOf(log, stat);
    // A rotation in between could hide a file from both looks.
    const isSame = before?.ino === current?.ino && before?.dev === current?.dev;
    if (!isSame && look < LOOKS) continue;
    return current === undefined ? rotated : [...rotated, segmentOf(log, log, current, 'current')];
  }
}

/** A log that is rotated more often than this while a folder is read is rotated all the time. */
const LOOKS = 5;

interface Found {
  readonly name: SegmentName;
  readonly file: SegmentFile;
}

async function rotatedSegments(log: string): Promise<readonly SegmentFile[]> {
  const folder = path.dirname(log);
  const names = await namesIn(folder, log);
  const found: Found[] = [];
  for (const [fileName, name] of names) {
    const place = path.join(folder, fileName);
    const stats = await statusOf(place, lstat);
    if (stats === undefined) continue;
    const rotatedMs = name.kind === 'guard' ? name.rank : undefined;
    found.push({ name, file: segmentOf(log, place, stats, { rotatedMs }) });
  }
  return inOrder(found);
}

async function namesIn(folder: string, log: string): Promise<readonly (readonly [string, SegmentName])[]> {
  const names: (readonly [string, SegmentName])[] = [];
  try {
    for (const fileName of await readdir(folder)) {
      const name = readSegmentName(log, fileName);
      if (name !== undefined) names.push([fileName, name]);
    }
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw new GuardError('audit-unreadable', `cannot list the audit log's files: ${messageOf(error)}`, {
      cause: error,
    });
  }
  if (names.length <= AUDIT_SEGMENTS_MAX) return names;
  const message = `the audit log ${log} has ${names.length} rotated files, at most ${AUDIT_SEGMENTS_MAX} are read`;
  throw new GuardError('audit-unreadable', message, { hint: 'move old ones to another folder' });
}

/** Each kind in its own order. Somebody who went from one rotation to another has them one after the other. */
function inOrder(found: readonly Found[]): readonly SegmentFile[] {
  const kinds = new Map<SegmentName['kind'], Found[]>();
  for (const entry of found) {
    const group = kinds.get(entry.name.kind);
    if (group === undefined) kinds.set(entry.name.kind, [entry]);
    else group.push(entry);
  }
  const groups = [...kinds.values()].map((group) => ({
    files: group.toSorted((one, other) => one.name.rank - other.name.rank).map(({ file }) => file),
    newestMs: group.reduce((newest, { file }) => Math.max(newest, file.changedMs), 0),
  }));
  return groups.toSorted((one, other) => one.newestMs - other.newestMs).flatMap(({ files }) => files);
}

/** The regular file at this path; undefined where there is none or it cannot be looked at. */
async function statusOf(file: string, look: (file: string) => Promise<Stats>): Promise<Stats | undefined> {
  const stats = await look(file).catch(() => undefined);
  return stats?.isFile() === true ? stats : undefined;
}

function segmentOf(
  log: string,
  file: string,
  stats: Stats,
  place: 'current' | { readonly rotatedMs: number | undefined },
): SegmentFile {
  return {
    log,
    path: file,
    size: stats.size,
    current: place === 'current',
    device: stats.dev,
    inode: stats.ino,
    writtenMs: stats.mtimeMs,
    changedMs: Math.max(stats.mtimeMs, stats.ctimeMs),
    rotatedMs: place === 'current' ? undefined : place.rotatedMs,
  };
}
