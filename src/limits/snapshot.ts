import {
  LEDGER_CLOCK_RECORDS,
  LEDGER_DECIMAL_DIGITS_MAX,
  LEDGER_ENTRIES_MAX,
  LEDGER_MARKS_MAX,
  LEDGER_POTS_MAX,
  LEDGER_RESETS_MAX,
} from '../platform/bounds.js';
import { decimalText, parseDecimal } from '../platform/decimal.js';
import { isJsonObject, parseJson } from '../platform/json.js';
import { createLedgerState, type LedgerState } from './fold.js';
import type { FoldClock } from './fold-clock.js';
import { createMarks, type Marks, type MarkTimes } from './marks.js';
import type { ResetRecord } from './ledger-record.js';
import { LEDGER_VERSION, otherVersion } from './ledger-record.js';
import { isAmount, isText, isTime, isWindow } from './record-values.js';
import { AMBIGUOUS, createPot, placeOf, type Pot, SPENT } from './pot.js';

/** What the first line of a ledger file comes to. */
export type DecodedSnapshot =
  | { readonly kind: 'snapshot'; readonly generation: number; readonly state: LedgerState }
  | { readonly kind: 'refused'; readonly why: string };

/**
 * The state as one line, without its line feed; equal states have equal lines. It is built for speed
 * of reading, as a process starts with it: columns of numbers, times as differences.
 */
export function encodeSnapshot(state: LedgerState, generation: number): string {
  const numbers = new Map(Array.from(state.pots.values(), (pot, index) => [pot, index]));
  const pots = Array.from(state.pots.values(), potJson);
  const open = Array.from(state.open.values(), ({ id, parts }) => [
    id,
    parts.map((part) => [numbers.get(part.pot), placeOf(part)]),
  ]);
  const { clock, sinceSweep } = state;
  const resets = state.resets.map(({ pot, atMs, by, reason }) => ({ pot, atMs, by, reason }));
  return JSON.stringify({
    v: LEDGER_VERSION,
    op: 'snapshot',
    generation,
    clock,
    sinceSweep,
    resets,
    pots,
    open,
    marks: marksJson(state.marks),
  });
}

/** Reads the first line of a ledger file. */
export function decodeSnapshot(line: string): DecodedSnapshot {
  const json = parseJson(line);
  if (json === undefined) return { kind: 'refused', why: 'its first line is no snapshot' };
  if (!isJsonObject(json)) return { kind: 'refused', why: 'its first line is no snapshot' };
  if (json.v !== LEDGER_VERSION) return { kind: 'refused', why: otherVersion(json.v) };
  try {
    return { kind: 'snapshot', ...stateOf(json) };
  } catch (error) {
    if (!(error instanceof NotUnderstood)) throw error;
    return { kind: 'refused', why: `its first line has ${error.message} that is not understood` };
  }
}

/** The part of a snapshot that is not understood. */
class NotUnderstood extends Error {}

function expect(condition: boolean, part: string): asserts condition {
  if (!condition) throw new NotUnderstood(part);
}

function potJson(pot: Pot): object {
  const { id, name, windowMs, currency, scale, lastMs, times, units, marks } = pot;
  const [first] = units;
  const alike = first !== undefined && units.every((other) => other === first);
  return {
    id,
    name,
    limit: decimalText(pot.limit),
    windowMs,
    currency,
    scale,
    lastMs,
    base: String(pot.base),
    baseAmbiguous: String(pot.baseAmbiguous),
    times: times.map((atMs, index) => atMs - (times[index - 1] ?? 0)),
    // Most pots count calls, each of them 1.
    units: alike ? [unitsJson(first)] : units.map(unitsJson),
    ambiguous: marks.flatMap((mark, index) => (mark === AMBIGUOUS ? [index] : [])),
  };
}

function marksJson({ sessions }: Marks): unknown[] {
  return Array.from(sessions, ([session, { lastMs, byKey }]) => [
    session,
    lastMs,
    Array.from(byKey, ([key, { atMs, untilMs }]) => [key, atMs, untilMs]),
  ]);
}

function unitsJson(units: bigint): number | string {
  return units <= Number.MAX_SAFE_INTEGER ? Number(units) : String(units);
}

function stateOf(json: Readonly<Record<string, unknown>>): { generation: number; state: LedgerState } {
  expect(Object.keys(json).length === 9 && json.op === 'snapshot', 'a shape');
  const { generation, sinceSweep, pots, open, resets } = json;
  expect(isTime(generation) && isTime(sinceSweep), 'a number');
  expect(Array.isArray(pots) && pots.length <= LEDGER_POTS_MAX && Array.isArray(open), 'a list');
  expect(Array.isArray(resets) && resets.length <= LEDGER_RESETS_MAX, 'a list of resets');
  const state = {
    ...createLedgerState(),
    clock: clockOf(json.clock),
    sinceSweep,
    resets: resets.map(resetOf),
    marks: marksOf(json.marks),
  };
  for (const potJson of pots) {
    const pot = potOf(potJson);
    state.entries += pot.times.length;
    expect(state.entries <= LEDGER_ENTRIES_MAX && !state.pots.has(pot.id), 'a pot');
    state.pots.set(pot.id, pot);
  }
  reopen(state, open);
  return { generation, state };
}

function clockOf(json: unknown): FoldClock {
  expect(isJsonObject(json) && Object.keys(json).length === 3, 'a clock');
  const { previousMs, currentMs, count } = json;
  expect(previousMs === null || isTime(previousMs), 'a clock');
  expect(currentMs === null || isTime(currentMs), 'a clock');
  expect(isTime(count) && count < LEDGER_CLOCK_RECORDS, 'a clock');
  return { previousMs, currentMs, count };
}

function resetOf(json: unknown): ResetRecord {
  expect(isJsonObject(json) && Object.keys(json).length === 4, 'a reset');
  const { pot, atMs, by, reason } = json;
  expect(isText(pot) && isTime(atMs) && isText(by) && isText(reason), 'a reset');
  return { op: 'reset', pot, atMs, by, reason };
}

function marksOf(json: unknown): Marks {
  const marks = createMarks();
  expect(Array.isArray(json), 'a list of marks');
  for (const one of json as readonly unknown[]) {
    expect(Array.isArray(one) && one.length === 3, 'the marks of a session');
    const [session, lastMs, list] = one as readonly unknown[];
    expect(isText(session) && isTime(lastMs) && Array.isArray(list), 'the marks of a session');
    const byKey = new Map(list.map(markOf));
    marks.count += byKey.size;
    expect(byKey.size === list.length && !marks.sessions.has(session), 'the marks of a session');
    marks.sessions.set(session, { lastMs, byKey });
  }
  expect(marks.count <= LEDGER_MARKS_MAX, 'a list of marks');
  return marks;
}

function markOf(json: unknown): [string, MarkTimes] {
  expect(Array.isArray(json) && json.length === 3, 'a mark');
  const [key, atMs, untilMs] = json as readonly unknown[];
  expect(isText(key) && isTime(atMs) && (untilMs === null || isTime(untilMs)), 'a mark');
  return [key, { atMs, untilMs }];
}

function potOf(json: unknown): Pot {
  expect(isJsonObject(json) && Object.keys(json).length === 12, 'a pot');
  const { id, name, windowMs, currency, scale, lastMs, times, units, ambiguous } = json;
  expect(isText(id) && isText(name) && isWindow(windowMs), 'a pot');
  expect(currency === null || isText(currency), 'a currency');
  const limit = typeof json.limit === 'string' ? parseDecimal(json.limit) : undefined;
  expect(limit !== undefined && isAmount(limit), 'a limit');
  expect(isTime(scale) && scale <= LEDGER_DECIMAL_DIGITS_MAX && isTime(lastMs), 'a pot');
  expect(Array.isArray(times) && Array.isArray(units) && Array.isArray(ambiguous), 'a pot');
  const pot = createPot({ id, name, windowMs, currency, limit });
  pot.scale = scale;
  pot.lastMs = lastMs;
  pot.base = unitsOf(json.base);
  pot.baseAmbiguous = unitsOf(json.baseAmbiguous);
  pot.times = timesOf(times);
  pot.units = columnOf(units, times.length);
  pot.marks = pot.times.map(() => SPENT);
  pot.sum = pot.base + (units.length === 1 ? unitsOf(units[0]) * BigInt(times.length) : sumOf(pot.units));
  for (const index of ambiguous) {
    expect(isTime(index) && pot.marks[index] === SPENT, 'an ambiguous amount');
    pot.marks[index] = AMBIGUOUS;
  }
  return pot;
}

/** Differences become times, in place: this is most of what a large ledger holds. */
function timesOf(differences: unknown[]): number[] {
  let atMs = 0;
  for (let index = 0; index < differences.length; index += 1) {
    const sinceLastMs = differences[index];
    expect(isTime(sinceLastMs), 'a time');
    atMs += sinceLastMs;
    differences[index] = atMs;
  }
  expect(isTime(atMs), 'a time');
  return differences as number[];
}

function columnOf(units: readonly unknown[], length: number): bigint[] {
  if (units.length === length) return units.map(unitsOf);
  expect(units.length === 1 && length > 0, 'a list of amounts');
  const all = unitsOf(units[0]);
  return Array.from({ length }, () => all);
}

function sumOf(units: readonly bigint[]): bigint {
  let sum = 0n;
  for (const one of units) sum += one;
  return sum;
}

function unitsOf(json: unknown): bigint {
  if (isTime(json)) return BigInt(json);
  expect(typeof json === 'string' && json.length <= 4 * LEDGER_DECIMAL_DIGITS_MAX, 'an amount');
  expect(/^\d+$/.test(json), 'an amount');
  return BigInt(json);
}

/** Joins the amounts of each open reservation again. */
function reopen(state: LedgerState, open: readonly unknown[]): void {
  const pots = [...state.pots.values()];
  for (const json of open) {
    expect(Array.isArray(json) && json.length === 2, 'a reservation');
    const [id, places] = json as readonly unknown[];
    expect(isText(id) && Array.isArray(places) && places.length > 0 && !state.open.has(id), 'a reservation');
    const parts = places.map((place: unknown) => {
      expect(Array.isArray(place) && place.length === 2, 'a reservation');
      const pot = pots[place[0] as number];
      const at = place[1] as number;
      const atMs = pot?.times[at];
      expect(pot !== undefined && atMs !== undefined && pot.marks[at] === SPENT, 'a reservation');
      const mark = pot.markNext;
      pot.markNext += 1;
      pot.marks[at] = mark;
      return { pot, atMs, mark };
    });
    state.open.set(id, { id, parts });
  }
}
