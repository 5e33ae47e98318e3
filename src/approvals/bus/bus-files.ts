import { createHash } from 'node:crypto';
import path from 'node:path';
import {
  APPROVAL_ANSWER_BYTES_MAX,
  APPROVAL_ENDED_BYTES_MAX,
  APPROVAL_REQUEST_BYTES_MAX,
} from '../../platform/bounds.js';
import type { JsonValue } from '../../platform/json.js';
import { readOwnBytes } from '../../platform/own-file.js';
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
  // What lies here speaks for its user: not even root answers in a person's place.
  const found = readOwnBytes(file, bytesMax, { user, isRootTrusted: false, privacy: 'others-may-read' });
  if (found.kind === 'bytes') return parse(found.bytes, check);
  return found.kind === 'absent' ? { kind: 'missing' } : trouble(found.why);
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
