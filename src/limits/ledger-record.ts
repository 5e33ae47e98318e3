import {
  LEDGER_DECIMALS_REMEMBERED_MAX,
  LEDGER_DRAWS_MAX,
  LEDGER_RECORD_BYTES_MAX,
  LEDGER_TEXT_BYTES_MAX,
} from '../platform/bounds.js';
import { type Decimal, decimalText, parseDecimal } from '../platform/decimal.js';
import { isJsonObject, parseJson } from '../platform/json.js';
import type { Draw, Mark, Settlement } from './ledger.js';
import { isAmount, isText, isTime, isUntil, isWindow } from './record-values.js';

/** The version of the records that this program writes, and the only one that it reads. */
export const LEDGER_VERSION = 1;

export interface ReserveRecord {
  readonly op: 'reserve';
  readonly id: string;
  /** The writer's wall clock, milliseconds. */
  readonly atMs: number;
  readonly draws: readonly Draw[];
}

export interface SettleRecord {
  readonly op: 'settle';
  readonly id: string;
  readonly atMs: number;
  readonly as: Settlement;
}

export interface ResetRecord {
  readonly op: 'reset';
  readonly pot: string;
  readonly atMs: number;
  readonly by: string;
  readonly reason: string;
}

export interface MarkRecord extends Mark {
  readonly op: 'mark';
  readonly atMs: number;
}

interface UnmarkRecord {
  readonly op: 'unmark';
  readonly session: string;
  readonly key: string;
  readonly atMs: number;
}

/** Ends its file: what stands behind it is void. */
interface CloseRecord {
  readonly op: 'close';
}

export type LedgerRecord =
  | ReserveRecord
  | SettleRecord
  | ResetRecord
  | MarkRecord
  | UnmarkRecord
  | CloseRecord;

/** A record as text, or why it cannot be one. */
export type EncodedRecord =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'refused'; readonly why: string };

/** What a line of the ledger holds. */
export type DecodedRecord =
  | { readonly kind: 'record'; readonly record: LedgerRecord }
  /** No JSON: what a writer left behind that was killed or had no room. It never learned a verdict. */
  | { readonly kind: 'void' }
  /** Something that is not understood, so that nothing may be concluded from the ledger. */
  | { readonly kind: 'refused'; readonly why: string };

/** The line of a record, without its line feed. What this returns, `decodeRecord` reads. */
export function encodeRecord(record: LedgerRecord): EncodedRecord {
  const text = JSON.stringify(
    record.op === 'reserve' ? reserveJson(record) : { v: LEDGER_VERSION, ...record },
  );
  // What readers would refuse would stop all of them: it is refused here.
  const why = Buffer.byteLength(text) > LEDGER_RECORD_BYTES_MAX ? TOO_LARGE : mistakeIn(record);
  return why === undefined ? { kind: 'text', text } : { kind: 'refused', why };
}

/** Reads the line of a record. */
export function decodeRecord(line: string): DecodedRecord {
  const json = parseJson(line);
  if (json === undefined) return { kind: 'void' };
  if (line.length > LEDGER_RECORD_BYTES_MAX) return { kind: 'refused', why: TOO_LARGE };
  if (!isJsonObject(json)) return { kind: 'refused', why: 'a line is no record' };
  if (json.v !== LEDGER_VERSION) return { kind: 'refused', why: otherVersion(json.v) };
  const record = recordOf(json);
  if (record === undefined) return { kind: 'refused', why: 'a record has a shape that is not understood' };
  const why = mistakeIn(record);
  return why === undefined ? { kind: 'record', record } : { kind: 'refused', why };
}

/** What a reader says of a record of another version. */
export function otherVersion(version: unknown): string {
  const found = typeof version === 'number' ? `version ${version}` : 'no version';
  return `a record has ${found}, and this guard reads version ${LEDGER_VERSION}: run the newest guard everywhere`;
}

const TOO_LARGE = `a record is larger than ${LEDGER_RECORD_BYTES_MAX} bytes`;
const SETTLEMENTS: readonly unknown[] = ['spent', 'refunded', 'ambiguous'] satisfies Settlement[];

function reserveJson({ id, atMs, draws }: ReserveRecord): object {
  return {
    v: LEDGER_VERSION,
    op: 'reserve',
    id,
    atMs,
    draws: draws.map(({ pot, name, amount, limit, windowMs, currency, overage }) => ({
      pot,
      name,
      amount: decimalText(amount),
      limit: decimalText(limit),
      windowMs,
      currency,
      overage,
    })),
  };
}

/** The record in what a line holds, its values not yet judged; undefined where members are missing or too many. */
function recordOf(json: Readonly<Record<string, unknown>>): LedgerRecord | undefined {
  switch (json.op) {
    case 'reserve': {
      if (!hasMembers(json, 5) || !Array.isArray(json.draws)) return undefined;
      const draws = json.draws.map(drawOf);
      if (!draws.every((draw) => draw !== undefined)) return undefined;
      return { op: 'reserve', id: json.id as string, atMs: json.atMs as number, draws };
    }
    case 'settle':
      if (!hasMembers(json, 5)) return undefined;
      return {
        op: 'settle',
        id: json.id as string,
        atMs: json.atMs as number,
        as: json.as as Settlement,
      };
    case 'reset':
      return hasMembers(json, 6) ? resetOf(json) : undefined;
    case 'mark':
      return hasMembers(json, 6) ? markOf(json) : undefined;
    case 'unmark':
      return hasMembers(json, 5) ? unmarkOf(json) : undefined;
    case 'close':
      return hasMembers(json, 2) ? { op: 'close' } : undefined;
    default:
      return undefined;
  }
}

function resetOf(json: Readonly<Record<string, unknown>>): ResetRecord {
  const { pot, atMs, by, reason } = json as unknown as ResetRecord;
  return { op: 'reset', pot, atMs, by, reason };
}

function markOf(json: Readonly<Record<string, unknown>>): MarkRecord {
  const { session, key, atMs, untilMs } = json as unknown as MarkRecord;
  return { op: 'mark', session, key, atMs, untilMs };
}

function unmarkOf(json: Readonly<Record<string, unknown>>): UnmarkRecord {
  const { session, key, atMs } = json as unknown as UnmarkRecord;
  return { op: 'unmark', session, key, atMs };
}

function drawOf(json: unknown): Draw | undefined {
  if (!isJsonObject(json) || !hasMembers(json, 7)) return undefined;
  const { pot, name, windowMs, currency, overage } = json as unknown as Draw;
  const amount = decimalOf(json.amount);
  const limit = decimalOf(json.limit);
  if (amount === undefined || limit === undefined) return undefined;
  return { pot, name, amount, limit, windowMs, currency, overage };
}

/** The same few limits and amounts stand in thousands of records. */
const decimals = new Map<unknown, Decimal | undefined>();

function decimalOf(json: unknown): Decimal | undefined {
  const known = decimals.get(json);
  if (known !== undefined || typeof json !== 'string') return known;
  const decimal = parseDecimal(json);
  if (decimals.size >= LEDGER_DECIMALS_REMEMBERED_MAX) decimals.clear();
  decimals.set(json, decimal);
  return decimal;
}

/** With each member that is meant present, as `mistakeIn` sees to, a count leaves no room for others. */
function hasMembers(json: object, count: number): boolean {
  return Object.keys(json).length === count;
}

/** What is wrong with the values of a record, for writing and for reading. */
export function mistakeIn(record: LedgerRecord): string | undefined {
  if (record.op === 'close') return undefined;
  if (!isTime(record.atMs)) return 'its time is no whole number of milliseconds since 1970';
  switch (record.op) {
    case 'settle':
      if (!SETTLEMENTS.includes(record.as)) return 'a settlement of an unknown kind';
      return isText(record.id) ? undefined : 'an id is missing or too long';
    case 'reset':
      return isText(record.pot) && isText(record.by) && isText(record.reason)
        ? undefined
        : `a reset names its pot, its reason and its author in at most ${LEDGER_TEXT_BYTES_MAX} bytes each`;
    case 'mark':
      if (!isUntil(record.untilMs, record.atMs)) return 'a mark ends before it begins';
      return mistakeInMark(record);
    case 'unmark':
      return mistakeInMark(record);
    case 'reserve': {
      if (!isText(record.id)) return 'an id is missing or too long';
      if (record.draws.length > LEDGER_DRAWS_MAX) return `a call draws on more than ${LEDGER_DRAWS_MAX} pots`;
      for (const draw of record.draws) {
        const why = mistakeInDraw(draw);
        if (why !== undefined) return why;
      }
    }
  }
}

function mistakeInMark({ session, key }: MarkRecord | UnmarkRecord): string | undefined {
  return isText(session) && isText(key)
    ? undefined
    : `a session or what is marked is longer than ${LEDGER_TEXT_BYTES_MAX} bytes`;
}

function mistakeInDraw({ pot, name, amount, limit, windowMs, currency, overage }: Draw): string | undefined {
  if (!isText(pot) || !isText(name)) return `the name of a pot is longer than ${LEDGER_TEXT_BYTES_MAX} bytes`;
  if (!isAmount(amount)) return `the amount for ${name} is negative or has too many digits`;
  if (!isAmount(limit)) return `the limit of ${name} is negative or has too many digits`;
  if (!isWindow(windowMs)) return `the window of ${name} is not between a millisecond and ten years`;
  if (currency !== null && !isText(currency)) return `the currency of ${name} is no text`;
  return typeof overage === 'boolean' ? undefined : `the overage of ${name} is neither true nor false`;
}
