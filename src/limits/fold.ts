import {
  LEDGER_CLOCK_SLACK_MS,
  LEDGER_ENTRIES_MAX,
  LEDGER_POTS_MAX,
  LEDGER_RESETS_MAX,
  LEDGER_SESSION_IDLE_MS,
  LEDGER_SWEEP_RECORDS,
} from '../platform/bounds.js';
import { addDecimals, compareDecimals, type Decimal, subtractDecimals } from '../platform/decimal.js';
import { createFoldClock, type FoldClock, passedMs, tick } from './fold-clock.js';
import type { Breach, Draw, PotState } from './ledger.js';
import { createMarks, dropMark, type Marks, putMark, sweepMarks } from './marks.js';
import type { LedgerRecord, ReserveRecord, ResetRecord, SettleRecord } from './ledger-record.js';
import {
  addAmount,
  AMBIGUOUS,
  ambiguousAt,
  createPot,
  dropUntil,
  endAmount,
  freedAfterMs,
  nextExpiryAt,
  type OpenAmount,
  type Pot,
  SPENT,
  usedAt,
} from './pot.js';

/** What a call drew, until it is known how it ended. */
interface Reservation {
  readonly id: string;
  parts: OpenAmount[];
}

/** Everything that the records so far amount to. It depends on them and on nothing else. */
export interface LedgerState {
  readonly pots: Map<string, Pot>;
  /** Reservations that were not settled. */
  readonly open: Map<string, Reservation>;
  readonly clock: FoldClock;
  readonly marks: Marks;
  /** The last resets, whose reasons outlive the files that they were written to. */
  resets: ResetRecord[];
  /** Amounts in all pots. */
  entries: number;
  sinceSweep: number;
  /** Set by the closing mark; nothing behind it counts. */
  closed: boolean;
}

/** What draws come to, or a record that was applied. */
export type Judgement =
  | { readonly kind: 'free' }
  | { readonly kind: 'exceeded'; readonly breaches: readonly Breach[] }
  /** It cannot be counted; `why` is for the person. */
  | { readonly kind: 'refused'; readonly why: string };

const FREE: Judgement = { kind: 'free' };
const ZERO: Decimal = { coefficient: 0n, scale: 0 };

export function createLedgerState(): LedgerState {
  return {
    pots: new Map(),
    open: new Map(),
    clock: createFoldClock(),
    marks: createMarks(),
    resets: [],
    entries: 0,
    sinceSweep: 0,
    closed: false,
  };
}

/** Applies the next record in file order. A reserve record counts where this returns `free`, and is void otherwise. */
export function apply(state: LedgerState, record: LedgerRecord): Judgement {
  if (state.closed) return { kind: 'refused', why: 'the ledger file is closed' };
  if (record.op === 'close') {
    sweep(state);
    state.closed = true;
    return FREE;
  }
  const judgement = take(state, record);
  tick(state.clock, record.atMs);
  state.sinceSweep += 1;
  if (state.sinceSweep >= Math.max(LEDGER_SWEEP_RECORDS, state.pots.size)) sweep(state);
  return judgement;
}

function take(state: LedgerState, record: Exclude<LedgerRecord, { readonly op: 'close' }>): Judgement {
  switch (record.op) {
    case 'reserve':
      return reserve(state, record);
    case 'settle':
      settle(state, record);
      return FREE;
    case 'reset':
      reset(state, record);
      return FREE;
    case 'mark': {
      const why = putMark(state.marks, record, record.atMs);
      return why === undefined ? FREE : { kind: 'refused', why };
    }
    case 'unmark':
      dropMark(state.marks, record.session, record.key);
      return FREE;
  }
}

/** Whether these draws could be paid at this time; all of them count as one. */
export function judge(state: LedgerState, draws: readonly Draw[], atMs: number): Judgement {
  if (state.entries + draws.length > LEDGER_ENTRIES_MAX) {
    return { kind: 'refused', why: `it counts ${state.entries} amounts at a time and takes no more` };
  }
  const breaches: Breach[] = [];
  let potsNew = 0;
  for (const [index, draw] of draws.entries()) {
    const pot = state.pots.get(draw.pot);
    if (pot === undefined) potsNew += 1;
    else if (pot.windowMs !== draw.windowMs || pot.currency !== draw.currency) {
      return { kind: 'refused', why: `${draw.name} is counted with another window or currency` };
    }
    const breach = breachOf(pot, draw, draws.slice(0, index), atMs);
    if (breach !== undefined) breaches.push(breach);
  }
  if (breaches.length > 0) return { kind: 'exceeded', breaches };
  if (state.pots.size + potsNew <= LEDGER_POTS_MAX) return FREE;
  return { kind: 'refused', why: `it holds ${state.pots.size} pots and takes no more` };
}

/** The pots as people see them. */
export function potStates(state: LedgerState, atMs: number): PotState[] {
  return Array.from(state.pots.values(), (pot) => ({
    pot: pot.id,
    name: pot.name,
    limit: pot.limit,
    used: usedAt(pot, atMs),
    ambiguous: ambiguousAt(pot, atMs),
    windowMs: pot.windowMs,
    currency: pot.currency,
    nextExpiryMs: nextExpiryAt(pot, atMs),
  }));
}

/** What keeps this draw from being paid after `earlier` ones of its call, where they draw on the same pot. */
function breachOf(
  pot: Pot | undefined,
  draw: Draw,
  earlier: readonly Draw[],
  atMs: number,
): Breach | undefined {
  if (draw.overage) return undefined;
  let wanted = draw.amount;
  for (const other of earlier) if (other.pot === draw.pot) wanted = addDecimals(wanted, other.amount);
  const used = pot === undefined ? ZERO : usedAt(pot, atMs);
  const excess = subtractDecimals(addDecimals(used, wanted), draw.limit);
  if (excess.coefficient <= 0n) return undefined;
  const waits = pot !== undefined && compareDecimals(wanted, draw.limit) <= 0;
  return { draw, used, retryAfterMs: waits ? freedAfterMs(pot, excess, atMs) : null };
}

function reserve(state: LedgerState, { id, atMs, draws }: ReserveRecord): Judgement {
  if (state.open.has(id)) return { kind: 'refused', why: 'a reservation has this id already' };
  const judgement = judge(state, draws, atMs);
  if (judgement.kind !== 'free') return judgement;
  const reservation: Reservation = { id, parts: [] };
  for (const draw of draws) {
    // Nothing has to be remembered of nothing.
    if (draw.amount.coefficient === 0n) continue;
    const pot = state.pots.get(draw.pot) ?? newPot(state, draw);
    pot.name = draw.name;
    pot.limit = draw.limit;
    reservation.parts.push(addAmount(pot, atMs, draw.amount));
    state.entries += 1;
  }
  if (reservation.parts.length > 0) state.open.set(id, reservation);
  return FREE;
}

function newPot(state: LedgerState, draw: Draw): Pot {
  const { pot: id, windowMs, currency, name, limit } = draw;
  const pot = createPot({ id, windowMs, currency, name, limit });
  state.pots.set(id, pot);
  return pot;
}

function settle(state: LedgerState, { id, as }: SettleRecord): void {
  const reservation = state.open.get(id);
  if (reservation === undefined) return;
  state.open.delete(id);
  const end = as === 'spent' ? SPENT : as === 'ambiguous' ? AMBIGUOUS : as;
  for (const part of reservation.parts) if (endAmount(part, end)) state.entries -= 1;
}

function reset(state: LedgerState, record: ResetRecord): void {
  const pot = state.pots.get(record.pot);
  if (pot === undefined) return;
  state.pots.delete(pot.id);
  const gone = new Map<Pot, Set<number>>();
  drop(state, pot, Number.POSITIVE_INFINITY, gone);
  forget(state, gone);
  state.resets = [...state.resets, record].slice(-LEDGER_RESETS_MAX);
}

/** Forgets what has left every window, by the ledger's own clock and with slack for clocks that step back. */
function sweep(state: LedgerState): void {
  state.sinceSweep = 0;
  const nowMs = passedMs(state.clock) - LEDGER_CLOCK_SLACK_MS;
  const gone = new Map<Pot, Set<number>>();
  for (const pot of state.pots.values()) {
    const isSession = pot.windowMs === null;
    const isIdle = isSession && pot.lastMs + LEDGER_SESSION_IDLE_MS <= nowMs;
    if (isIdle) drop(state, pot, Number.POSITIVE_INFINITY, gone);
    if (!isSession) drop(state, pot, nowMs - pot.windowMs, gone);
    if (isIdle || (!isSession && pot.times.length === 0)) state.pots.delete(pot.id);
  }
  forget(state, gone);
  sweepMarks(state.marks, nowMs);
}

/** Drops the amounts of a pot up to a time and notes the marks of those that were open. */
function drop(state: LedgerState, pot: Pot, lastMs: number, gone: Map<Pot, Set<number>>): void {
  const { count, open } = dropUntil(pot, lastMs);
  state.entries -= count;
  if (open.length > 0) gone.set(pot, new Set(open));
}

/** Takes amounts that are gone out of their reservations, so that settling these changes nothing for them. */
function forget(state: LedgerState, gone: ReadonlyMap<Pot, ReadonlySet<number>>): void {
  if (gone.size === 0) return;
  for (const reservation of state.open.values()) {
    reservation.parts = reservation.parts.filter(({ pot, mark }) => gone.get(pot)?.has(mark) !== true);
    if (reservation.parts.length === 0) state.open.delete(reservation.id);
  }
}
