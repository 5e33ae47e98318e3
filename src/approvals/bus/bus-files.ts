import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import {
  APPROVAL_ANSWER_BYTES_MAX,
  APPROVAL_ENDED_BYTES_MAX,
  APPROVAL_REQUEST_BYTES_MAX,
} from '../../platform/bounds.js';
import { messageOf, systemErrorCode } from '../../platform/errors.js';
import type { JsonValue } from '../../platform/json.js';
import type { ApprovalAnswer } from '../answer.js';
import type { ApprovalRequest } from '../request.js';
import type { Checked, EndedFile, RefusedFile } from './bus-schema.js';
import { checkAnswer, checkEnded, checkRefused, checkRequest } from './bus-schema.js';
import { fileOf } from './bus-folder.js';

/** What a file of the bus holds. */
export type Reading<Value> =
  | {
      readonly kind: 'value';
      readonly value: Value;
      readonly bytes: number;
      /** sha256 of the file, hex. */
      readonly digest: string;
    }
  | { readonly kind: 'missing' }
  | FileTrouble;

/** A file that does not count, and why, in words that follow its name. */
interface FileTrouble {
  readonly kind: 'trouble';
  readonly why: string;
  /** It looks cut off: whoever writes it may not be done. */
  readonly unfinished: boolean;
}

/** Windows has no such flags; there the look before opening is all there is. */
const READ = fs.constants.O_RDONLY | (fs.constants.O_NOFOLLOW ?? 0) | (fs.constants.O_NONBLOCK ?? 0);

/** The request of this id in `requests/`. */
export function readRequest(folder: string, id: string, user: number | undefined): Reading<ApprovalRequest> {
  const reading = read(fileOf(folder, id), APPROVAL_REQUEST_BYTES_MAX, checkRequest, user);
  return named(reading, id, (value) => value.id);
}

/** The answer to the request of this id in `answers/`. */
export function readAnswer(folder: string, id: string, user: number | undefined): Reading<ApprovalAnswer> {
  const reading = read(fileOf(folder, id), APPROVAL_ANSWER_BYTES_MAX, checkAnswer, user);
  return named(reading, id, (value) => value.id);
}

/** The ended request of this id in `ended/`. */
export function readEnded(folder: string, id: string, user: number | undefined): Reading<EndedFile> {
  const reading = read(fileOf(folder, id), APPROVAL_ENDED_BYTES_MAX, checkEnded, user);
  return named(reading, id, (value) => value.request.id);
}

/** A refused answer to the request of this id, by the name of its file in `refused/`. */
export function readRefused(
  folder: string,
  name: string,
  id: string,
  user: number | undefined,
): Reading<RefusedFile> {
  const reading = read(path.join(folder, name), APPROVAL_ANSWER_BYTES_MAX, checkRefused, user);
  return named(reading, id, (value) => value.id);
}

/**
 * A text that changes whenever the file does: when it appears, vanishes, is replaced or written;
 * undefined where there is none. Follows no symlink.
 */
export function stampOf(file: string): string | undefined {
  try {
    const stats = fs.lstatSync(file, { bigint: true, throwIfNoEntry: false });
    if (stats === undefined) return undefined;
    return `${stats.dev}:${stats.ino}:${stats.size}:${stats.mtimeNs}:${stats.mode}:${stats.uid}`;
  } catch {
    return '!';
  }
}

function named<Value>(reading: Reading<Value>, id: string, idOf: (value: Value) => string): Reading<Value> {
  if (reading.kind !== 'value' || idOf(reading.value) === id) return reading;
  return trouble('has the id of another request inside');
}

function read<Value>(
  file: string,
  bytesMax: number,
  check: (value: JsonValue) => Checked<Value>,
  user: number | undefined,
): Reading<Value> {
  let descriptor: number | undefined;
  try {
    const seen = fs.lstatSync(file, { throwIfNoEntry: false });
    if (seen === undefined) return { kind: 'missing' };
    const before = distrust(seen, bytesMax, user);
    if (before !== undefined) return trouble(before);
    descriptor = fs.openSync(file, READ);
    // Another file may have taken its place in between.
    const stats = fs.fstatSync(descriptor);
    const after = distrust(stats, bytesMax, user);
    if (after !== undefined) return trouble(after);
    return parse(bytesOf(descriptor, stats.size), check);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return { kind: 'missing' };
    return trouble(`cannot be read: ${messageOf(error)}`);
  } finally {
    if (descriptor !== undefined) fs.closeSync(descriptor);
  }
}

function distrust(stats: fs.Stats, bytesMax: number, user: number | undefined): string | undefined {
  if (stats.isSymbolicLink()) return 'is a symlink and not a regular file';
  if (stats.isDirectory()) return 'is a folder and not a regular file';
  if (!stats.isFile()) return 'is no regular file';
  if (stats.size > bytesMax) return `has ${stats.size} bytes, more than ${bytesMax}`;
  // Windows has neither owners nor modes in this sense.
  if (user === undefined) return undefined;
  if (stats.uid !== user) return `belongs to user ${stats.uid}, expected ${user}`;
  if ((stats.mode & 0o022) === 0) return undefined;
  return `may be written by others (mode ${(stats.mode & 0o7777).toString(8).padStart(4, '0')})`;
}

function bytesOf(descriptor: number, size: number): Buffer {
  const buffer = Buffer.alloc(size);
  let filled = 0;
  while (filled < size) {
    const count = fs.readSync(descriptor, buffer, filled, size - filled, filled);
    if (count === 0) break;
    filled += count;
  }
  return buffer.subarray(0, filled);
}

function parse<Value>(bytes: Buffer, check: (value: JsonValue) => Checked<Value>): Reading<Value> {
  let value: JsonValue;
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    value = JSON.parse(text) as JsonValue;
  } catch {
    return { ...trouble(bytes.length === 0 ? 'is empty' : 'is cut off or no JSON'), unfinished: true };
  }
  const checked = check(value);
  if (checked.kind === 'trouble') return trouble(checked.why);
  const digest = createHash('sha256').update(bytes).digest('hex');
  return { kind: 'value', value: checked.value, bytes: bytes.length, digest };
}

function trouble(why: string): FileTrouble {
  return { kind: 'trouble', why, unfinished: false };
}
