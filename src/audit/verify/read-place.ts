import { hash } from 'node:crypto';
import { AUDIT_LINE_BYTES_MAX } from '../../platform/bounds.js';
import { RECORD_START } from '../json-text.js';
import { RECORD_FIELDS } from '../record-fields.js';
import { isJsonStart } from './json-start.js';
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
/** What stands in a record once. */
const PLACE = /"writer":"[^"\\]*","seq":\d{1,16},"prev":/;
/** The end of a checkpoint, from its signature on, whatever its last bytes have become. */
const SIGNED = /^\{"v":1,"type":"checkpoint",.*,"signature":"([^]*)$/s;
/** The hex digits, the quote and the brace: a writer that wrote all of them was not interrupted. */
const SIGNED_CHARS = 130;
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

/**
 * What two lines were together, where one byte of a record became a line feed; undefined where no byte makes
 * a record of them. A byte that stands in a name or number of the record makes another one than it was.
 */
export function wereOneRecord(start: Buffer, rest: Buffer): Place | undefined {
  // Two records, one of them torn: a text that the first one was torn in would swallow the other.
  if ([start, rest].every((part) => PLACE.test(part.toString('latin1', 0, HEAD_BYTES)))) return undefined;
  const bytes = Buffer.concat([start, Buffer.of(0), rest]);
  if (bytes.length > AUDIT_LINE_BYTES_MAX) return undefined;
  for (const byte of FILLERS) {
    bytes[start.length] = byte;
    const place = placeOf(bytes);
    if (place !== undefined && isJson(bytes.toString('utf8'))) return place;
  }
  return undefined;
}

/** What can stand between two parts of a record: the commonest first, then all printable ASCII. */
const FILLERS = [
  ...new Set([...Buffer.from('1",:}{[]'), ...Array.from({ length: 95 }, (_none, at) => at + 0x20)]),
];

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
  return isJsonStart(all) && !isJson(all.slice(0, -1)) && (SIGNED.exec(all)?.[1] ?? '').length < SIGNED_CHARS
    ? undefined
    : 'a record that is not as guard writes it';
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
