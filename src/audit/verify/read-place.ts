import { hash } from 'node:crypto';
import { RECORD_START } from '../json-text.js';
import { RECORD_FIELDS } from '../record-fields.js';
import type { RawLine } from './raw-lines.js';

/** Where a record says that it stands, and the hash of its line. */
export interface Place {
  readonly type: keyof typeof RECORD_FIELDS;
  readonly writer: string;
  readonly seq: number;
  readonly prev: string | null;
  readonly hash: string;
  readonly bytes: Buffer;
}

/** A line of a log, as far as the chain cares. */
export type LinePlace =
  | { readonly kind: 'record'; readonly place: Place }
  /** The start of a record whose writer could not finish it. */
  | { readonly kind: 'torn'; readonly after: Place | undefined }
  /** What no writer writes. */
  | { readonly kind: 'foreign'; readonly why: string; readonly after: Place | undefined }
  | { readonly kind: 'blank' };

/** Longest start of a record that is looked at first; a writer's name can make it longer. */
const HEAD_BYTES = 320;
const HEAD =
  /^\{"v":1,"type":"([a-z]+)","ts":"[^"\\]*","writer":("(?:[^"\\]|\\.)*"),"seq":([1-9]\d{0,15}),"prev":(?:null|"([0-9a-f]{64})"),/;
/** The end of a checkpoint, whatever its last byte has become: no writer was interrupted in it. */
const SIGNED = /,"signature":"[0-9a-f]{128}".$/s;
const START = '{"v":1,"type":"';

/** What stands in a line. A whole record that another writer appended to a torn one is `after`. */
export function readPlace({ bytes, size }: RawLine): LinePlace {
  if (bytes === undefined) return { kind: 'foreign', why: `a line of ${size} bytes`, after: undefined };
  if (size === 0 || (size === 1 && bytes[0] === CARRIAGE_RETURN)) return { kind: 'blank' };
  const glued = bytes.lastIndexOf(RECORD_START_BYTES);
  const after = glued > 0 ? placeOf(bytes.subarray(glued)) : undefined;
  const first = glued > 0 ? bytes.subarray(0, glued) : bytes;
  if (glued <= 0) {
    const place = placeOf(bytes);
    if (place !== undefined && isWhole(bytes)) return { kind: 'record', place };
  }
  const why = foreignReason(first);
  return why === undefined ? { kind: 'torn', after } : { kind: 'foreign', why, after };
}

function placeOf(bytes: Buffer): Place | undefined {
  const found =
    HEAD.exec(bytes.toString('latin1', 0, HEAD_BYTES)) ??
    (bytes.length > HEAD_BYTES ? HEAD.exec(bytes.toString('latin1')) : null);
  if (found === null || bytes.at(-1) !== CLOSING_BRACE) return undefined;
  const [, type = '', writer = '', seq, prev] = found;
  if (!Object.hasOwn(RECORD_FIELDS, type)) return undefined;
  return {
    type: type as Place['type'],
    // A name without escapes is what it stands for; the others only have to be told apart.
    writer: writer.slice(1, -1),
    seq: Number(seq),
    prev: prev ?? null,
    hash: hash('sha256', bytes, 'hex'),
    bytes,
  };
}

/** A record that was torn behind the end of a value inside it ends like a whole one: its JSON tells. */
function isWhole(bytes: Buffer): boolean {
  return bytes.lastIndexOf(OPENING_BRACE) === 0 || isJson(bytes.toString('utf8'));
}

/** Why no writer that was interrupted can have left this; undefined where one can. */
function foreignReason(bytes: Buffer): string | undefined {
  const text = bytes.toString('latin1', 0, START.length);
  if (!START.startsWith(text) && !text.startsWith(START)) return 'no record of guard';
  // What is whole was not torn: its line feed or its end was changed, or it is no record.
  const all = bytes.toString('utf8');
  return isJson(all) || isJson(all.slice(0, -1)) || SIGNED.test(all)
    ? 'a record that is not as guard writes it'
    : undefined;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const RECORD_START_BYTES = Buffer.from(RECORD_START);
const CARRIAGE_RETURN = 0x0d;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;
