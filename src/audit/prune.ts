import { stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import { AUDIT_PRUNED_BYTES_MAX, AUDIT_ROTATION_GRACE_MS } from '../platform/bounds.js';
import { GuardError, messageOf, systemErrorCode } from '../platform/errors.js';
import type { EventFields } from './encode.js';
import type { WriterInventory } from './carried.js';
import { type Inventory, takeInventory } from './inventory.js';
import { listSegments, type SegmentFile } from './segments.js';
import type { KnownKeys } from './verify/check-checkpoint.js';

/** Which rotated files are removed; both undefined removes none. */
export interface PruneRule {
  /** Those all of whose records are older, in milliseconds. */
  readonly olderThanMs?: number | undefined;
  /** The oldest, until the whole log has at most so many bytes. */
  readonly keepBytes?: number | undefined;
}

export interface PruneOrder {
  /** Absolute path of the log. */
  readonly log: string;
  readonly rule: PruneRule;
  /** Wall-clock milliseconds since 1970. */
  readonly nowMs: number;
  /** Who removes, and why, for the record. */
  readonly by: string;
  readonly reason: string;
  /** The keys that statements of earlier removals are believed of. */
  readonly keys: KnownKeys;
  /**
   * Records the statement, each event with a checkpoint behind it that signs it, which is on the disk when
   * it resolves; where it throws the file is kept. Undefined says only what would be removed.
   */
  readonly record: ((statement: readonly EventFields[]) => Promise<void>) | undefined;
  /** Awaited between two pieces of a file; throws to stop. */
  readonly rest?: () => Promise<void>;
}

/** A file that was removed, or would be. */
export interface Pruned {
  readonly path: string;
  readonly inventory: Inventory;
}

/**
 * Removes whole rotated files, the oldest first and never the current one. Before a file goes, a
 * statement of what it held is recorded, by which the chains of its writers can be followed over the
 * gap. Only files that guard rotated count: those of logrotate are its own to remove.
 * Throws GuardError: `audit-unreadable`, `audit-unwritable` where a file cannot be removed, and what
 * `record` throws. What was removed by then stays removed and recorded.
 */
export async function* pruneLog(order: PruneOrder): AsyncGenerator<Pruned> {
  for (const segment of prunable(await listSegments(order.log), order.rule, order.nowMs)) {
    const inventory = await takeInventory(segment.path, order.keys, order.rest);
    // Somebody else was faster, and has recorded it.
    if (inventory === undefined) continue;
    if (order.record !== undefined) {
      await order.record(statementOf(segment, inventory, order));
      await remove(segment, inventory);
    }
    yield { path: segment.path, inventory };
  }
}

/**
 * The segments that a rule removes, oldest first and without a gap. All records of a file are older
 * than its rotation and its last write; where those disagree the later one counts. A file that was
 * changed within AUDIT_ROTATION_GRACE_MS may still be written to.
 */
export function prunable(
  segments: readonly SegmentFile[],
  { olderThanMs = Infinity, keepBytes = Infinity }: PruneRule,
  nowMs: number,
): readonly SegmentFile[] {
  let bytes = segments.reduce((sum, { size }) => sum + size, 0);
  const found: SegmentFile[] = [];
  for (const segment of segments) {
    const { rotatedMs, writtenMs, changedMs, current, size } = segment;
    if (current) break;
    if (rotatedMs === undefined) continue;
    const isOld = nowMs - Math.max(rotatedMs, writtenMs) > olderThanMs;
    if ((!isOld && bytes <= keepBytes) || Math.abs(nowMs - changedMs) < AUDIT_ROTATION_GRACE_MS) break;
    bytes -= size;
    found.push(segment);
  }
  return found;
}

/** As many events as it takes: one holds what fits into AUDIT_PRUNED_BYTES_MAX of its writers. */
function statementOf(segment: SegmentFile, inventory: Inventory, order: PruneOrder): readonly EventFields[] {
  const { bytes, records, digest, writers } = inventory;
  const until = untilOf(segment, inventory);
  const parts = inParts(writers);
  return parts.map((part, index) => ({
    event: 'pruned',
    detail: {
      file: path.basename(segment.path),
      bytes,
      records,
      digest,
      ...(until === undefined ? {} : { until }),
      by: order.by,
      reason: order.reason,
      part: index + 1,
      parts: parts.length,
      writers: part.map((writer) => ({ ...writer })),
    },
  }));
}

/** No record is later than its file: one that says so must not excuse what was taken out of later files. */
function untilOf({ rotatedMs = 0, writtenMs }: SegmentFile, { until }: Inventory): string | undefined {
  const latest = new Date(Math.max(rotatedMs, writtenMs)).toISOString();
  return until === undefined || until < latest ? until : latest;
}

function inParts(writers: readonly WriterInventory[]): readonly (readonly WriterInventory[])[] {
  let part: WriterInventory[] = [];
  let bytes = 0;
  const parts = [part];
  for (const writer of writers) {
    const size = Buffer.byteLength(JSON.stringify(writer)) + 1;
    if (bytes + size > AUDIT_PRUNED_BYTES_MAX && part.length > 0) {
      part = [];
      bytes = 0;
      parts.push(part);
    }
    part.push(writer);
    bytes += size;
  }
  return parts;
}

/** Removes exactly what the statement is about. */
async function remove(segment: SegmentFile, inventory: Inventory): Promise<void> {
  try {
    const { ino, dev, size } = await stat(segment.path);
    if (ino !== segment.inode || dev !== segment.device || size !== inventory.bytes) {
      throw new Error('it has changed since it was looked at');
    }
    await unlink(segment.path);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return;
    throw new GuardError('audit-unwritable', `cannot remove ${segment.path}: ${messageOf(error)}`, {
      cause: error,
      hint: 'its records are kept; the log says that it was to be removed',
    });
  }
}
