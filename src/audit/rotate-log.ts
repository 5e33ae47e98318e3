import fs from 'node:fs';
import path from 'node:path';
import { AUDIT_ROTATION_CLAIM_MS, AUDIT_ROTATION_NAMES_MAX } from '../platform/bounds.js';
import { systemErrorCode } from '../platform/errors.js';
import type { LogFiles, LogFileStatus } from './log-file.js';
import { readSegmentName, segmentPath } from './segment-name.js';

/** The calls to the file system that a rotation needs beside those of the log; tests make them fail. */
export interface RotationFiles extends Pick<LogFiles, 'statusAt'> {
  /** Makes an empty file, mode 0600; throws EEXIST where the name is taken by anything. */
  readonly create: (file: string) => void;
  readonly rename: (from: string, to: string) => void;
  readonly remove: (file: string) => void;
  /** Names of what is in a folder. */
  readonly namesIn: (folder: string) => readonly string[];
  /** When a file was last written to, wall-clock milliseconds since 1970; undefined where there is none. */
  readonly writtenMs: (file: string) => number | undefined;
}

/** The machine's file system. */
export const systemRotationFiles: Omit<RotationFiles, 'statusAt'> = {
  create: (file) => fs.closeSync(fs.openSync(file, 'wx', 0o600)),
  rename: (from, to) => fs.renameSync(from, to),
  remove: (file) => fs.unlinkSync(file),
  namesIn: (folder) => fs.readdirSync(folder),
  writtenMs: (file) => fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs,
};

export interface RotationOrder {
  /** Absolute path of the log. */
  readonly log: string;
  /** The file that is to be rotated. */
  readonly opened: LogFileStatus;
  /** Wall-clock milliseconds since 1970, for the name. */
  readonly nowMs: number;
}

/**
 * Gives the log's file the name of a segment that stands behind all others, whatever the clock says,
 * with one rename over an empty file that was made for it: never over a file of somebody else.
 * Returns the new path; undefined where another process is at it or has done it. Of several guards
 * one rotates: who makes the claim. A claim whose maker died is taken over after
 * AUDIT_ROTATION_CLAIM_MS. Should two ever get this far at one time, a nearly empty segment comes of
 * it, and no record is lost. Throws what the system says.
 */
export function rotateLog(order: RotationOrder, files: RotationFiles): string | undefined {
  const claim = `${order.log}.rotating`;
  if (!makeClaim(claim, order.nowMs, files)) return undefined;
  try {
    if (!isSameFile(files.statusAt(order.log), order.opened)) return undefined;
    const target = reserve(order, files);
    try {
      files.rename(order.log, target);
    } catch (error) {
      // A name that was reserved and not used would stand among the segments.
      if (files.statusAt(target)?.size === 0) files.remove(target);
      throw error;
    }
    return target;
  } finally {
    withdraw(claim, files);
  }
}

/** Whether a path still names the file that was opened under it. */
export function isSameFile(found: LogFileStatus | undefined, opened: LogFileStatus): boolean {
  return found?.inode === opened.inode && found.device === opened.device;
}

function makeClaim(claim: string, nowMs: number, files: RotationFiles): boolean {
  if (isMade(claim, files)) return true;
  const writtenMs = files.writtenMs(claim);
  // A claim from the future is as dead as an old one: the clock went back since.
  if (writtenMs !== undefined && Math.abs(nowMs - writtenMs) <= AUDIT_ROTATION_CLAIM_MS) return false;
  if (writtenMs !== undefined) files.remove(claim);
  return isMade(claim, files);
}

/** What cannot be withdrawn is taken over like a dead one's. */
function withdraw(claim: string, files: RotationFiles): void {
  try {
    files.remove(claim);
  } catch {
    // The rotation itself worked or has reported its own failure.
  }
}

/** An empty file with the name that the segment will have. */
function reserve({ log, nowMs }: RotationOrder, files: RotationFiles): string {
  let rotatedMs = Math.floor(nowMs);
  for (const name of files.namesIn(path.dirname(log))) {
    const segment = readSegmentName(log, name);
    if (segment?.kind === 'guard') rotatedMs = Math.max(rotatedMs, segment.rank + 1);
  }
  for (let tries = 0; tries < AUDIT_ROTATION_NAMES_MAX; tries += 1) {
    const target = segmentPath(log, rotatedMs + tries);
    if (isMade(target, files)) return target;
  }
  throw new Error(`no name is free for it beside ${log}`);
}

function isMade(file: string, files: RotationFiles): boolean {
  try {
    files.create(file);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') return false;
    throw error;
  }
}
