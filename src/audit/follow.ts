import { stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { AUDIT_ROTATED_FILES_MAX, AUDIT_ROTATION_GRACE_MS, TAIL_POLL_MS } from '../platform/bounds.js';
import type { Clock } from '../platform/clock.js';
import { messageOf } from '../platform/errors.js';
import { followFile, type FollowedFile } from './followed-file.js';
import type { LogEntry } from './line-cutter.js';
import { type OpenLog, openLog } from './reader.js';
import { listSegments, type SegmentFile } from './segments.js';

export interface FollowOptions {
  readonly path: string;
  /** An open log, which the follower then closes, and where in it to begin; without it the whole file is read. */
  readonly start?: { readonly log: OpenLog; readonly offset: number };
  readonly signal: AbortSignal;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  /** One line for the person: the file is waited for, was truncated, cannot be read. */
  readonly note: (text: string) => void;
}

/**
 * Reads a log as it grows, until the signal is aborted, looking every TAIL_POLL_MS. A look that is
 * done yields an empty batch. A file that is not there yet is waited for. After a rotation by
 * rename or deletion the old file is read on for AUDIT_ROTATION_GRACE_MS, because writers notice
 * late, while the new one is read from its start, and so is what was rotated away between two looks;
 * after copytruncate the rest is read from the copy.
 */
export async function* followLog(options: FollowOptions): AsyncGenerator<readonly LogEntry[]> {
  const { path, start, signal, clock, note } = options;
  const noteTrouble = createNoteOnce(note);
  let current = start === undefined ? undefined : followFile(start.log, path, start.offset, note);
  let opened = start === undefined ? 0 : 1;
  let rotated: { readonly file: FollowedFile; readonly untilMs: number }[] = [];
  const readOn = (file: FollowedFile): void => {
    rotated.push({ file, untilMs: clock.monotonicMs() + AUDIT_ROTATION_GRACE_MS });
  };
  try {
    while (!signal.aborted) {
      const found = await stat(path).catch(() => undefined);
      if (current !== undefined && (found?.ino !== current.inode || found.dev !== current.device)) {
        const old = current;
        readOn(old);
        current = undefined;
        for (const segment of await rotatedSince(path, old)) {
          const log = await openLog(segment.path).catch(() => undefined);
          if (log === undefined) continue;
          readOn(followFile(log, segment.path, 0, note));
          if (rotated.length > AUDIT_ROTATED_FILES_MAX) yield* readOut(rotated.shift()?.file);
        }
      }
      for (const { file } of rotated) yield* file.read();
      const nowMs = clock.monotonicMs();
      const over = rotated.filter(
        ({ untilMs }, index) => untilMs <= nowMs || index < rotated.length - AUDIT_ROTATED_FILES_MAX,
      );
      rotated = rotated.filter((entry) => !over.includes(entry));
      for (const { file } of over) yield await file.close();
      current ??= await openNext(path, note, noteTrouble, opened === 0);
      if (current !== undefined) opened += 1;
      if (current !== undefined) yield* current.read();
      yield [];
      await delay(TAIL_POLL_MS, undefined, { signal }).catch(() => undefined);
    }
  } finally {
    for (const { file } of rotated) await file.close();
    await current?.close();
  }
}

async function openNext(
  path: string,
  note: (text: string) => void,
  noteTrouble: (text: string) => void,
  isFirst: boolean,
): Promise<FollowedFile | undefined> {
  try {
    const log = await openLog(path);
    if (log !== undefined) return followFile(log, path, 0, note);
    // Between the two steps of a rotation there is no file either, which is nobody's concern.
    if (isFirst) noteTrouble(`waiting for ${path}`);
  } catch (error) {
    // Rotation can leave the file unreadable for a moment; giving up would end a view that goes on.
    noteTrouble(messageOf(error));
  }
  return undefined;
}

/**
 * What guard rotated away after this file, oldest first. Nothing is known where the file itself is
 * gone or was moved by another program, whose names tell no order that could be relied on.
 */
async function rotatedSince(
  path: string,
  { device, inode }: Pick<FollowedFile, 'device' | 'inode'>,
): Promise<readonly SegmentFile[]> {
  const segments = (await listSegments(path).catch(() => [])).filter(
    ({ rotatedMs }) => rotatedMs !== undefined,
  );
  const at = segments.findIndex((segment) => segment.inode === inode && segment.device === device);
  return at === -1 ? [] : segments.slice(at + 1);
}

/** Reads a file to its end and closes it. */
async function* readOut(file: FollowedFile | undefined): AsyncGenerator<readonly LogEntry[]> {
  if (file === undefined) return;
  yield* file.read();
  yield await file.close();
}

/** Says a thing again only after something else was said. */
function createNoteOnce(note: (text: string) => void): (text: string) => void {
  let last: string | undefined;
  return (text) => {
    if (text !== last) note(text);
    last = text;
  };
}
