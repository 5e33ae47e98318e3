import type { Decimal } from '../platform/decimal.js';
import { decimalOfUnits, decimalUnits } from '../platform/decimal.js';

/** Marks of amounts: above these an amount is open, and the mark is its own. */
export const SPENT = 0;
export const AMBIGUOUS = 1;
const OPEN_FIRST = 2;

/**
 * What is counted together, with a sum that follows the window as it slides. Amounts are columns and
 * no objects: a process that starts reads 100,000 of them before its first call.
 */
export interface Pot {
  readonly id: string;
  readonly windowMs: number | null;
  readonly currency: string | null;
  /** As the last draw stated them. */
  name: string;
  limit: Decimal;
  /** Decimals of its finest amount so far. */
  scale: number;
  /** When each amount was drawn, in order. */
  times: number[];
  /** Each amount in units of 10^-scale. */
  units: bigint[];
  /** SPENT, AMBIGUOUS, or the mark of an amount that is open. */
  marks: number[];
  markNext: number;
  /** What a pot without a window holds of settled amounts, which nothing has to tell apart any more. */
  base: bigint;
  /** The part of `base` that is ambiguous. */
  baseAmbiguous: bigint;
  /** The latest time of a draw. */
  lastMs: number;
  /** The window: amounts later than `cutoffMs`, the first of them at `start`, and `sum` with `base`. */
  cutoffMs: number;
  start: number;
  sum: bigint;
}

/** An open amount, found again by its time and mark. */
export interface OpenAmount {
  readonly pot: Pot;
  readonly atMs: number;
  readonly mark: number;
}

type PotTerms = Pick<Pot, 'id' | 'windowMs' | 'currency' | 'name' | 'limit'>;

export function createPot(terms: PotTerms): Pot {
  return {
    ...terms,
    scale: 0,
    times: [],
    units: [],
    marks: [],
    markNext: OPEN_FIRST,
    base: 0n,
    baseAmbiguous: 0n,
    lastMs: 0,
    cutoffMs: Number.NEGATIVE_INFINITY,
    start: 0,
    sum: 0n,
  };
}

/**
 * Moves the window to the one that ends at this time and returns what it holds. Amounts with a later
 * time count too: a clock that steps back is judged strictly. Cheap while times differ little; any
 * order of times gives the exact sum.
 */
function slide(pot: Pot, atMs: number): bigint {
  if (pot.windowMs === null) return pot.sum;
  const cutoffMs = atMs - pot.windowMs;
  const { times, units } = pot;
  for (; (times[pot.start] ?? Number.POSITIVE_INFINITY) <= cutoffMs; pot.start += 1) {
    pot.sum -= units[pot.start] ?? 0n;
  }
  for (; (times[pot.start - 1] ?? Number.NEGATIVE_INFINITY) > cutoffMs; pot.start -= 1) {
    pot.sum += units[pot.start - 1] ?? 0n;
  }
  pot.cutoffMs = cutoffMs;
  return pot.sum;
}

/** What the window that ends at this time holds. */
export function usedAt(pot: Pot, atMs: number): Decimal {
  return decimalOfUnits(slide(pot, atMs), pot.scale);
}

/** Puts an open amount into the pot. */
export function addAmount(pot: Pot, atMs: number, amount: Decimal): OpenAmount {
  if (amount.scale > pot.scale) refine(pot, amount.scale);
  const units = decimalUnits(amount, pot.scale);
  const mark = pot.markNext;
  pot.markNext += 1;
  const at = firstAfter(pot.times, atMs);
  if (at === pot.times.length) {
    pot.times.push(atMs);
    pot.units.push(units);
    pot.marks.push(mark);
  } else {
    pot.times.splice(at, 0, atMs);
    pot.units.splice(at, 0, units);
    pot.marks.splice(at, 0, mark);
  }
  if (atMs > pot.cutoffMs) pot.sum += units;
  else pot.start += 1;
  pot.lastMs = Math.max(pot.lastMs, atMs);
  return { pot, atMs, mark };
}

/** Ends an open amount: it stays as `mark` says, or is given back. Returns whether an entry of the columns went. */
export function endAmount(open: OpenAmount, end: typeof SPENT | typeof AMBIGUOUS | 'refunded'): boolean {
  const { pot } = open;
  const at = placeOf(open);
  if (at === -1) return false;
  if (end !== 'refunded' && pot.windowMs !== null) {
    pot.marks[at] = end;
    return false;
  }
  const units = pot.units[at] ?? 0n;
  pot.times.splice(at, 1);
  pot.units.splice(at, 1);
  pot.marks.splice(at, 1);
  if (open.atMs > pot.cutoffMs) pot.sum -= units;
  else pot.start -= 1;
  if (end === 'refunded') return true;
  pot.base += units;
  pot.sum += units;
  if (end === AMBIGUOUS) pot.baseAmbiguous += units;
  return true;
}

/** Takes out the amounts up to this time and returns the marks of those that were open. */
export function dropUntil(pot: Pot, lastMs: number): { readonly count: number; readonly open: number[] } {
  const count = firstAfter(pot.times, lastMs);
  if (count === 0) return { count, open: [] };
  for (const units of pot.units.slice(pot.start, count)) pot.sum -= units;
  pot.start = Math.max(0, pot.start - count);
  pot.times.splice(0, count);
  pot.units.splice(0, count);
  return { count, open: pot.marks.splice(0, count).filter(isOpen) };
}

/** Where an open amount stands; -1 where it is gone. */
export function placeOf({ pot, atMs, mark }: OpenAmount): number {
  // From the end: what is looked for is most often new.
  return pot.marks.lastIndexOf(mark, firstAfter(pot.times, atMs));
}

function isOpen(mark: number): boolean {
  return mark >= OPEN_FIRST;
}

/** The part of what the window holds whose calls have no known end. */
export function ambiguousAt(pot: Pot, atMs: number): Decimal {
  slide(pot, atMs);
  let units = pot.baseAmbiguous;
  for (let index = pot.start; index < pot.times.length; index += 1) {
    if (pot.marks[index] !== SPENT) units += pot.units[index] ?? 0n;
  }
  return decimalOfUnits(units, pot.scale);
}

/** When something leaves the window next. */
export function nextExpiryAt(pot: Pot, atMs: number): number | null {
  slide(pot, atMs);
  const firstMs = pot.times[pot.start];
  return pot.windowMs === null || firstMs === undefined ? null : firstMs + pot.windowMs;
}

/** How long until at least `excess` has left the window; null where that does not happen. */
export function freedAfterMs(pot: Pot, excess: Decimal, atMs: number): number | null {
  if (pot.windowMs === null) return null;
  slide(pot, atMs);
  const scale = Math.max(pot.scale, excess.scale);
  const wanted = decimalUnits(excess, scale);
  const finer = 10n ** BigInt(scale - pot.scale);
  let freed = 0n;
  for (let index = pot.start; index < pot.times.length; index += 1) {
    freed += (pot.units[index] ?? 0n) * finer;
    if (freed >= wanted) return (pot.times[index] ?? 0) + pot.windowMs - atMs;
  }
  return null;
}

function refine(pot: Pot, scale: number): void {
  const factor = 10n ** BigInt(scale - pot.scale);
  pot.units = pot.units.map((units) => units * factor);
  pot.base *= factor;
  pot.baseAmbiguous *= factor;
  pot.sum *= factor;
  pot.scale = scale;
}

/** The place of the first time later than this one. */
function firstAfter(times: readonly number[], atMs: number): number {
  let low = 0;
  let high = times.length;
  // Times hardly ever go back, so the place is nearly always the end.
  if ((times[high - 1] ?? Number.NEGATIVE_INFINITY) <= atMs) return high;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] ?? atMs) <= atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
