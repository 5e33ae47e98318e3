import type { Decimal } from '../platform/decimal.js';
import { decimalOfUnits, decimalUnits } from '../platform/decimal.js';

/** An amount that a pot holds. */
export interface Entry {
  readonly atMs: number;
  /** In units of 10^-scale of its pot. */
  units: bigint;
  /** `open` until its reservation is settled. */
  state: 'open' | 'spent' | 'ambiguous';
}

/** What is counted together, with a sum that follows the window as it slides. */
export interface Pot {
  readonly id: string;
  readonly windowMs: number | null;
  readonly currency: string | null;
  /** As the last draw stated them. */
  name: string;
  limit: Decimal;
  /** Decimals of its finest amount so far. */
  scale: number;
  /** By time; entries of one time in the order in which they came. */
  entries: Entry[];
  /** What a pot without a window holds of settled entries, which nothing has to tell apart any more. */
  base: bigint;
  /** The part of `base` that is ambiguous. */
  baseAmbiguous: bigint;
  /** The latest time of a draw. */
  lastMs: number;
  /** The window: entries later than `cutoffMs`, the first of them at `start`, and `sum` with `base`. */
  cutoffMs: number;
  start: number;
  sum: bigint;
}

type PotTerms = Pick<Pot, 'id' | 'windowMs' | 'currency' | 'name' | 'limit'>;

export function createPot(terms: PotTerms): Pot {
  return {
    ...terms,
    scale: 0,
    entries: [],
    base: 0n,
    baseAmbiguous: 0n,
    lastMs: 0,
    cutoffMs: Number.NEGATIVE_INFINITY,
    start: 0,
    sum: 0n,
  };
}

/**
 * Moves the window to the one that ends at this time and returns what it holds. Entries with a later
 * time count too: a clock that steps back is judged strictly. Cheap while times differ little; any
 * order of times gives the exact sum.
 */
export function slide(pot: Pot, atMs: number): bigint {
  if (pot.windowMs === null) return pot.sum;
  const cutoffMs = atMs - pot.windowMs;
  const { entries } = pot;
  for (let entry = entries[pot.start]; entry !== undefined && entry.atMs <= cutoffMs;) {
    pot.sum -= entry.units;
    entry = entries[++pot.start];
  }
  for (let entry = entries[pot.start - 1]; entry !== undefined && entry.atMs > cutoffMs;) {
    pot.sum += entry.units;
    entry = entries[--pot.start - 1];
  }
  pot.cutoffMs = cutoffMs;
  return pot.sum;
}

/** What the window that ends at this time holds. */
export function usedAt(pot: Pot, atMs: number): Decimal {
  return decimalOfUnits(slide(pot, atMs), pot.scale);
}

/** Puts an open amount into the pot. */
export function addEntry(pot: Pot, atMs: number, amount: Decimal): Entry {
  if (amount.scale > pot.scale) refine(pot, amount.scale);
  const entry: Entry = { atMs, units: decimalUnits(amount, pot.scale), state: 'open' };
  const at = firstAfter(pot.entries, atMs);
  if (at === pot.entries.length) pot.entries.push(entry);
  else pot.entries.splice(at, 0, entry);
  if (atMs > pot.cutoffMs) pot.sum += entry.units;
  else pot.start += 1;
  pot.lastMs = Math.max(pot.lastMs, atMs);
  return entry;
}

/** Takes an amount out of the pot. */
export function removeEntry(pot: Pot, entry: Entry): void {
  // From the end: what is taken out is most often new.
  const at = pot.entries.lastIndexOf(entry, firstAfter(pot.entries, entry.atMs));
  if (at === -1) return;
  pot.entries.splice(at, 1);
  if (entry.atMs > pot.cutoffMs) pot.sum -= entry.units;
  else pot.start -= 1;
}

/** Adds an amount that stays as long as the pot, without an entry of its own. */
export function addToBase(pot: Pot, entry: Entry, ambiguous: boolean): void {
  pot.base += entry.units;
  pot.sum += entry.units;
  if (ambiguous) pot.baseAmbiguous += entry.units;
}

/** Takes out the entries up to this time and returns them. */
export function dropUntil(pot: Pot, lastMs: number): Entry[] {
  const count = firstAfter(pot.entries, lastMs);
  const dropped = pot.entries.splice(0, count);
  for (const entry of dropped.slice(pot.start)) pot.sum -= entry.units;
  pot.start = Math.max(0, pot.start - count);
  return dropped;
}

/** The part of what the window holds whose calls have no known end. */
export function ambiguousAt(pot: Pot, atMs: number): Decimal {
  slide(pot, atMs);
  let units = pot.baseAmbiguous;
  for (let index = pot.start; index < pot.entries.length; index += 1) {
    const entry = pot.entries[index];
    if (entry !== undefined && entry.state !== 'spent') units += entry.units;
  }
  return decimalOfUnits(units, pot.scale);
}

/** When something leaves the window next. */
export function nextExpiryAt(pot: Pot, atMs: number): number | null {
  slide(pot, atMs);
  const first = pot.entries[pot.start];
  return pot.windowMs === null || first === undefined ? null : first.atMs + pot.windowMs;
}

/** How long until at least `excess` has left the window; null where that does not happen. */
export function freedAfterMs(pot: Pot, excess: Decimal, atMs: number): number | null {
  if (pot.windowMs === null) return null;
  slide(pot, atMs);
  const scale = Math.max(pot.scale, excess.scale);
  const wanted = decimalUnits(excess, scale);
  const finer = 10n ** BigInt(scale - pot.scale);
  let freed = 0n;
  for (let index = pot.start; index < pot.entries.length; index += 1) {
    const entry = pot.entries[index];
    if (entry === undefined) break;
    freed += entry.units * finer;
    if (freed >= wanted) return entry.atMs + pot.windowMs - atMs;
  }
  return null;
}

function refine(pot: Pot, scale: number): void {
  const factor = 10n ** BigInt(scale - pot.scale);
  for (const entry of pot.entries) entry.units *= factor;
  pot.base *= factor;
  pot.baseAmbiguous *= factor;
  pot.sum *= factor;
  pot.scale = scale;
}

/** The place of the first entry later than this time. */
function firstAfter(entries: readonly Entry[], atMs: number): number {
  let low = 0;
  let high = entries.length;
  // Times hardly ever go back, so the place is nearly always the end.
  if ((entries[high - 1]?.atMs ?? Number.NEGATIVE_INFINITY) <= atMs) return high;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((entries[middle]?.atMs ?? atMs) <= atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
