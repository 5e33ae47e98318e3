import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createFileLedger } from '../../src/limits/file-ledger.js';
import { apply, createLedgerState, judge, type LedgerState, potStates } from '../../src/limits/fold.js';
import type { Settlement } from '../../src/limits/ledger.js';
import { decodeRecord, encodeRecord, type LedgerRecord } from '../../src/limits/ledger-record.js';
import { decodeSnapshot, encodeSnapshot } from '../../src/limits/snapshot.js';
import { addDecimals, compareDecimals, type Decimal } from '../../src/platform/decimal.js';
import { decimal, draw } from './draws.js';

const ZERO = decimal('0');
const WINDOWS = [500, 2000, null] as const;
const SETTLEMENTS: readonly Settlement[] = ['spent', 'refunded', 'ambiguous'];

/** One thing that somebody does; times are steps from the last, back as well. */
interface Act {
  readonly by: number;
  readonly stepMs: number;
  readonly pots: readonly { readonly pot: number; readonly amount: string; readonly overage: boolean }[];
  /** Settles the reservation that is so many back, or resets a pot. */
  readonly settle: { readonly back: number; readonly as: Settlement } | null;
  readonly reset: number | null;
}

const acts = fc.array(
  fc.record({
    by: fc.nat(2),
    stepMs: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: -5000, max: 3000 })),
    pots: fc.array(
      fc.record({
        pot: fc.nat(2),
        amount: fc.constantFrom('1', '0.1', '0.25', '2', '0.001', '0'),
        overage: fc.nat(9).map((one) => one === 0),
      }),
      { maxLength: 3 },
    ),
    settle: fc.option(fc.record({ back: fc.nat(4), as: fc.constantFrom(...SETTLEMENTS) }), { nil: null }),
    reset: fc.option(fc.nat(2), { nil: null, freq: 20 }),
  }),
  { maxLength: 120 },
);

const drawsOf = ({ pots }: Act): ReturnType<typeof draw>[] =>
  pots.map(({ pot, amount, overage }) =>
    draw({ pot: `pot-${pot}`, amount, limit: '3', windowMs: WINDOWS[pot] ?? null, overage }),
  );

/** The rule in its plainest form: everything is remembered, every sum is made anew. */
class Reference {
  held: { id: string; pot: string; atMs: number; amount: Decimal; overage: boolean; settled: boolean }[] = [];

  used(pot: string, windowMs: number | null, atMs: number): Decimal {
    return this.held
      .filter((one) => one.pot === pot && (windowMs === null || one.atMs > atMs - windowMs))
      .reduce((sum, { amount }) => addDecimals(sum, amount), ZERO);
  }

  reserve(id: string, draws: readonly ReturnType<typeof draw>[], atMs: number): boolean {
    const before = this.held;
    for (const { pot, amount, limit, windowMs, overage } of draws) {
      const total = addDecimals(this.used(pot, windowMs, atMs), amount);
      if (!overage && compareDecimals(total, limit) > 0) {
        this.held = before;
        return false;
      }
      this.held = [...this.held, { id, pot, atMs, amount, overage, settled: false }];
    }
    return true;
  }

  settle(id: string, as: Settlement): void {
    const ends = (one: { id: string; settled: boolean }): boolean => one.id === id && !one.settled;
    if (as === 'refunded') this.held = this.held.filter((one) => !ends(one));
    else this.held = this.held.map((one) => (ends(one) ? { ...one, settled: true } : one));
  }

  reset(pot: string): void {
    this.held = this.held.filter((one) => one.pot !== pot);
  }
}

/** Turns acts into records, judged by `reserve` as they come; calls `seen` after each. */
function play(
  all: readonly Act[],
  run: { reserve(act: Act, id: string, atMs: number): boolean; other(record: LedgerRecord, act: Act): void },
  seen: (atMs: number) => void = () => undefined,
): void {
  let atMs = 1_000_000_000;
  const ids: string[] = [];
  for (const [index, act] of all.entries()) {
    atMs += act.stepMs;
    const id = `id-${index}`;
    if (run.reserve(act, id, atMs)) ids.push(id);
    const settled = act.settle === null ? undefined : ids[ids.length - 1 - act.settle.back];
    if (act.settle !== null && settled !== undefined) {
      run.other({ op: 'settle', id: settled, atMs, as: act.settle.as }, act);
    }
    if (act.reset !== null) {
      run.other({ op: 'reset', pot: `pot-${act.reset}`, atMs, by: 'ana', reason: 'test' }, act);
    }
    seen(atMs);
  }
}

function follow(reference: Reference, record: LedgerRecord): void {
  if (record.op === 'settle') reference.settle(record.id, record.as);
  if (record.op === 'reset') reference.reset(record.pot);
}

/** Both agree on what every pot holds, whenever one looks. */
function assertAlike(state: LedgerState, reference: Reference, atMs: number): void {
  for (const lookMs of [atMs, atMs - 1500, atMs + 400]) {
    for (const { pot, used, windowMs } of potStates(state, lookMs)) {
      expect([pot, used]).toEqual([pot, reference.used(pot, windowMs, lookMs)]);
    }
  }
}

describe('the fold against a naive reference', () => {
  test('verdicts and sums are the same, whatever the clocks do', () => {
    fc.assert(
      fc.property(acts, (all) => {
        const state = createLedgerState();
        const reference = new Reference();
        const run = {
          reserve(act: Act, id: string, atMs: number): boolean {
            const draws = drawsOf(act);
            const peeked = judge(state, draws, atMs).kind;
            const applied = apply(state, { op: 'reserve', id, atMs, draws }).kind;
            expect(applied).toBe(peeked);
            expect(applied === 'free').toBe(reference.reserve(id, draws, atMs));
            return applied === 'free';
          },
          other(record: LedgerRecord): void {
            apply(state, record);
            follow(reference, record);
          },
        };
        play(all, run, (atMs) => assertAlike(state, reference, atMs));
      }),
      { numRuns: 300 },
    );
  });

  test('no window ever holds more than its limit but for overage', () => {
    fc.assert(
      fc.property(acts, (all) => {
        const state = createLedgerState();
        const accepted: { pot: string; atMs: number; amount: Decimal }[] = [];
        const reserve = (act: Act, id: string, atMs: number): boolean => {
          const draws = drawsOf(act).map((one) => ({ ...one, overage: false }));
          if (apply(state, { op: 'reserve', id, atMs, draws }).kind !== 'free') return false;
          for (const { pot, amount } of draws) accepted.push({ pot, atMs, amount });
          return true;
        };
        play(all, { reserve, other: () => undefined });
        for (const { pot, atMs } of accepted) {
          const windowMs = WINDOWS[Number(pot.slice(4))] ?? Number.POSITIVE_INFINITY;
          const inside = accepted.filter(
            (one) => one.pot === pot && one.atMs <= atMs && one.atMs > atMs - windowMs,
          );
          const sum = inside.reduce((total, { amount }) => addDecimals(total, amount), ZERO);
          expect(compareDecimals(sum, decimal('3'))).toBeLessThanOrEqual(0);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('a state that was written down and read again goes on as the one that was not', () => {
    fc.assert(
      fc.property(acts, fc.nat(60), (all, at) => {
        const straight = createLedgerState();
        let resumed = createLedgerState();
        let count = 0;
        const both = (record: LedgerRecord): boolean => {
          count += 1;
          if (count === at) resumed = reread(resumed);
          const kinds = [apply(straight, record).kind, apply(resumed, record).kind];
          expect(kinds[1]).toBe(kinds[0]);
          return kinds[0] === 'free';
        };
        play(all, {
          reserve: (act, id, atMs) => both({ op: 'reserve', id, atMs, draws: drawsOf(act) }),
          other: (record) => void both(record),
        });
        expect(encodeSnapshot(resumed, 1)).toBe(encodeSnapshot(straight, 1));
      }),
      { numRuns: 200 },
    );
  });

  test('several ledgers on one folder, in any order, reach the verdicts of one', () => {
    const parent = mkdtempSync(path.join(tmpdir(), 'guard-fold-'));
    let runs = 0;
    try {
      fc.assert(
        fc.property(acts, (all) => {
          const folder = path.join(parent, String((runs += 1)));
          let next = '';
          const ledgers = [0, 1, 2].map(() => createFileLedger({ folder, newId: () => next }));
          const reference = new Reference();
          play(all, {
            reserve(act, id, atMs) {
              next = id;
              const reserved = ledgers[act.by]?.reserve(drawsOf(act), atMs);
              expect(reserved?.kind).toBe(
                reference.reserve(id, drawsOf(act), atMs) ? 'reserved' : 'exceeded',
              );
              return reserved?.kind === 'reserved';
            },
            other(record, act) {
              const ledger = ledgers[(act.by + 1) % 3];
              if (record.op === 'settle') ledger?.settle(record.id, record.as, record.atMs);
              if (record.op === 'reset') ledger?.reset(record.pot, record.reason, record.by, record.atMs);
              follow(reference, record);
            },
          });
          const [first, ...others] = ledgers.map((ledger) => ledger.pots(1_000_000_000));
          for (const other of others) expect(other).toEqual(first);
          for (const ledger of ledgers) ledger.close();
        }),
        { numRuns: 40 },
      );
    } finally {
      rmSync(parent, { recursive: true, force: true });
    }
  });
});

describe('records', () => {
  test('are read as they were written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.nat(), acts, (name, atMs, all) => {
        const draws = all
          .flatMap(drawsOf)
          .slice(0, 20)
          .map((one) => ({ ...one, name }));
        const records: LedgerRecord[] = [
          { op: 'reserve', id: name, atMs, draws },
          { op: 'settle', id: name, atMs, as: 'refunded' },
          { op: 'reset', pot: name, atMs, by: name, reason: name },
          { op: 'close' },
        ];
        for (const record of records) {
          const encoded = encodeRecord(record);
          if (encoded.kind === 'refused') continue;
          expect(encoded.text).not.toContain('\n');
          expect(decodeRecord(encoded.text)).toEqual({ kind: 'record', record });
        }
      }),
    );
  });
});

function reread(state: LedgerState): LedgerState {
  const decoded = decodeSnapshot(encodeSnapshot(state, 7));
  if (decoded.kind === 'refused') throw new Error(decoded.why);
  expect(encodeSnapshot(decoded.state, 7)).toBe(encodeSnapshot(state, 7));
  return decoded.state;
}
