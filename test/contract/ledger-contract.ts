import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Draw, Ledger, MarkState, PotState } from '../../src/limits/ledger.js';
import { addDecimals, compareDecimals } from '../../src/platform/decimal.js';
import { decimal, draw, text } from '../limits/draws.js';
import { randomFrom } from '../support/random.js';

/** One ledger under test. */
export interface LedgerHarness {
  readonly ledger: Ledger;
  /** Another ledger on the same pots, as another process has one; undefined where there is none. */
  readonly another?: () => Ledger;
  cleanUp(): void;
}

const NOW = Date.UTC(2026, 10, 22, 8);
const HOUR = 3_600_000;

/** What every ledger must do. */
export function describeLedger(create: () => LedgerHarness): void {
  let harness: LedgerHarness;
  let ledger: Ledger;
  beforeEach(() => {
    harness = create();
    ({ ledger } = harness);
  });
  afterEach(() => {
    ledger.close();
    harness.cleanUp();
  });

  /** Reserves and returns the id. */
  function drawn(draws: readonly Draw[], atMs = NOW, by = ledger): string {
    const reserved = by.reserve(draws, atMs);
    if (reserved.kind !== 'reserved') throw new Error(`expected reserved, got ${reserved.kind}`);
    return reserved.id;
  }
  const kind = (draws: readonly Draw[], atMs = NOW): string => ledger.reserve(draws, atMs).kind;
  function pot(id = 'pot-a', atMs = NOW): PotState {
    const found = ledger.pots(atMs).find((state) => state.pot === id);
    if (found === undefined) throw new Error(`no pot ${id}`);
    return found;
  }
  const used = (id = 'pot-a', atMs = NOW): string => text(pot(id, atMs).used);

  describe('windows', () => {
    test('a pot pays up to its limit, and says what it holds and when to come back', () => {
      for (const offset of [0, 10_000, 20_000]) expect(kind([draw()], NOW + offset)).toBe('reserved');
      const over = draw({ name: 'user/other-name' });
      expect(ledger.reserve([over], NOW + 30_000)).toEqual({
        kind: 'exceeded',
        breaches: [{ draw: over, used: decimal('3'), retryAfterMs: 30_000 }],
      });
      expect(ledger.peek([over], NOW + 59_999).kind).toBe('exceeded');
      expect(kind([over], NOW + 60_000)).toBe('reserved');
    });

    test('waiting is for as much as the amount needs, and for no amount above the limit', () => {
      for (const offset of [0, 1000, 2000]) drawn([draw({ amount: '1' })], NOW + offset);
      const waits = ['1', '2', '3', '3.1'].map((amount) => {
        const reserved = ledger.reserve([draw({ amount })], NOW + 5000);
        return reserved.kind === 'exceeded' ? reserved.breaches[0]?.retryAfterMs : reserved.kind;
      });
      expect(waits).toEqual([55_000, 56_000, 57_000, null]);
    });

    test('a clock that steps back is judged strictly: later amounts count too', () => {
      for (const offset of [0, 1000, 2000]) drawn([draw()], NOW + offset);
      expect(kind([draw()], NOW - HOUR)).toBe('exceeded');
      expect(kind([draw()], NOW + 60_500)).toBe('reserved');
      expect(kind([draw()], NOW - 100)).toBe('exceeded');
    });

    test('a record from the future counts until its time has passed', () => {
      drawn([draw({ amount: '3' })], NOW + 1000 * HOUR);
      const reserved = ledger.reserve([draw()], NOW);
      expect(reserved).toMatchObject({
        kind: 'exceeded',
        breaches: [{ retryAfterMs: 1000 * HOUR + 60_000 }],
      });
    });

    test('records from the future do not make the ledger forget what is now', () => {
      drawn([draw({ amount: '3' })]);
      for (let count = 0; count < 40; count += 1) {
        drawn([draw({ pot: `far-${count}`, amount: '1' })], NOW + 1000 * HOUR);
      }
      expect(kind([draw()], NOW + 1)).toBe('exceeded');
    });

    test('an hour back after a long time, nothing that counts again is forgotten', () => {
      drawn([draw({ amount: '3' })]);
      for (let count = 0; count < 3000; count += 1) {
        drawn([draw({ pot: 'busy', limit: '100000' })], NOW + 60_000 + HOUR - 1);
      }
      expect(kind([draw()], NOW + 59_999)).toBe('exceeded');
      expect(kind([draw()], NOW + 60_000)).toBe('reserved');
    });
  });

  describe('amounts', () => {
    test('three times 0.1 is 0.3', () => {
      const tenth = draw({ amount: '0.1', limit: '0.3', currency: 'EUR' });
      expect([kind([tenth]), kind([tenth]), kind([tenth]), kind([tenth])]).toEqual([
        'reserved',
        'reserved',
        'reserved',
        'exceeded',
      ]);
      expect(used()).toBe('0.3');
    });

    test('finer amounts than before are added exactly', () => {
      const kinds = ['900', '99.5', '0.499', '0.0009999', '0.0000002', '0.0000001'].map((amount) =>
        kind([draw({ amount, limit: '1000', currency: 'EUR' })]),
      );
      expect(kinds).toEqual(['reserved', 'reserved', 'reserved', 'reserved', 'exceeded', 'reserved']);
      expect(used()).toBe('1000');
    });

    test.each([
      ['negative', draw({ amount: '-1' })],
      ['longer than can be counted', draw({ amount: `1e-41` })],
      ['larger than can be counted', draw({ amount: '1e40' })],
      ['against a limit that is too large', draw({ limit: '1e400' })],
      ['in a window of no length', draw({ windowMs: 0 })],
      ['in a window of no number', draw({ windowMs: Number.NaN })],
      ['of a pot with an endless name', draw({ pot: 'x'.repeat(2000) })],
    ])('an amount that is %s is never counted', (_title, bad) => {
      expect(ledger.peek([bad], NOW)).toEqual({ kind: 'unavailable', why: expect.stringMatching(/\w+ \w+/) });
      expect(ledger.reserve([bad], NOW).kind).toBe('unavailable');
      expect(ledger.pots(NOW)).toEqual([]);
      expect(kind([draw()])).toBe('reserved');
    });

    test('more draws than one call may have, and a time that is none', () => {
      const many = Array.from({ length: 65 }, (_, index) => draw({ pot: `pot-${index}` }));
      expect(ledger.reserve(many, NOW).kind).toBe('unavailable');
      expect(ledger.reserve(many.slice(1), NOW).kind).toBe('reserved');
      expect(ledger.reserve([draw()], Number.NaN).kind).toBe('unavailable');
    });

    test('a pot never mixes currencies or windows', () => {
      drawn([draw({ currency: 'EUR' })]);
      expect(kind([draw({ currency: 'USD' })])).toBe('unavailable');
      expect(kind([draw({ currency: 'EUR', windowMs: 1 })])).toBe('unavailable');
      expect(used()).toBe('1');
    });
  });

  describe('several pots', () => {
    test('a call draws on all of them or on none, and hears of every breach', () => {
      drawn([draw({ amount: '3' }), draw({ pot: 'pot-b', amount: '2' })]);
      const draws = [draw(), draw({ pot: 'pot-b', amount: '2' }), draw({ pot: 'pot-c' })];
      const reserved = ledger.reserve(draws, NOW);
      expect(reserved.kind === 'exceeded' && reserved.breaches.map((breach) => breach.draw.pot)).toEqual([
        'pot-a',
        'pot-b',
      ]);
      expect(ledger.pots(NOW).map(({ pot: id, used: sum }) => [id, text(sum)])).toEqual([
        ['pot-a', '3'],
        ['pot-b', '2'],
      ]);
    });

    test('two draws of one call on one pot count together', () => {
      expect(kind([draw({ amount: '2' }), draw({ amount: '2' })])).toBe('exceeded');
      expect(kind([draw({ amount: '2' }), draw({ amount: '1' })])).toBe('reserved');
      expect(used()).toBe('3');
    });

    test('a call without draws is reserved', () => {
      ledger.settle(drawn([]), 'refunded', NOW);
      expect(ledger.peek([], NOW).kind).toBe('free');
    });
  });

  describe('settling', () => {
    test('what is refunded can be drawn again, once', () => {
      const id = drawn([draw({ amount: '3' })]);
      expect(kind([draw()])).toBe('exceeded');
      ledger.settle(id, 'refunded', NOW + 1);
      ledger.settle(id, 'refunded', NOW + 1);
      expect(kind([draw({ amount: '3' })])).toBe('reserved');
      ledger.settle(id, 'refunded', NOW + 1);
      expect(used()).toBe('3');
    });

    test('what is spent or ambiguous stays, marked where its end is not known', () => {
      const [spent, ambiguous, open] = [drawn([draw()]), drawn([draw()]), drawn([draw()])];
      ledger.settle(spent, 'spent', NOW);
      ledger.settle(ambiguous, 'ambiguous', NOW);
      expect(pot()).toMatchObject({ used: decimal('3'), ambiguous: decimal('2') });
      ledger.settle(ambiguous, 'refunded', NOW);
      ledger.settle(spent, 'ambiguous', NOW);
      ledger.settle('no-such-id', 'refunded', NOW);
      expect(pot()).toMatchObject({ used: decimal('3'), ambiguous: decimal('2') });
      ledger.settle(open, 'spent', NOW);
      expect(text(pot().ambiguous)).toBe('1');
    });

    test('an amount that left its window is gone, whatever its end', () => {
      const id = drawn([draw({ amount: '2' })]);
      drawn([draw()], NOW + 60_000);
      ledger.settle(id, 'refunded', NOW + 60_001);
      expect(used('pot-a', NOW + 60_001)).toBe('1');
    });
  });

  describe('overage', () => {
    test('is charged and does not refuse, and the pot refuses the next one', () => {
      drawn([draw({ amount: '2' })]);
      drawn([draw({ amount: '5', overage: true })]);
      expect(used()).toBe('7');
      expect(kind([draw()])).toBe('exceeded');
    });

    test('one pot by overage does not excuse another', () => {
      drawn([draw({ amount: '3' }), draw({ pot: 'pot-b', amount: '3' })]);
      expect(kind([draw({ overage: true }), draw({ pot: 'pot-b' })])).toBe('exceeded');
    });
  });

  describe('pots', () => {
    test('are shown with what they hold and when something leaves', () => {
      drawn([draw({ amount: '1.5', limit: '10', currency: 'EUR' })]);
      drawn([draw({ amount: '1.5', limit: '12', currency: 'EUR', name: 'renamed' })], NOW + 7);
      expect(ledger.pots(NOW + 10)).toEqual([
        {
          pot: 'pot-a',
          name: 'renamed',
          limit: decimal('12'),
          used: decimal('3'),
          ambiguous: decimal('3'),
          windowMs: 60_000,
          currency: 'EUR',
          nextExpiryMs: NOW + 60_000,
        },
      ]);
    });

    test('one that is reset is empty, and what was open in it can no longer be settled', () => {
      const id = drawn([draw({ amount: '3' }), draw({ pot: 'pot-b' })]);
      expect(ledger.reset('pot-a', 'a test', 'ana', NOW)).toBe(true);
      expect(ledger.reset('no-such-pot', 'a test', 'ana', NOW)).toBe(false);
      expect(kind([draw({ amount: '3' })])).toBe('reserved');
      ledger.settle(id, 'refunded', NOW);
      expect([used('pot-a'), used('pot-b')]).toEqual(['3', '0']);
    });

    test('a reset for a reason without end is refused in words', () => {
      drawn([draw()]);
      expect(() => ledger.reset('pot-a', 'x'.repeat(2000), 'ana', NOW)).toThrow(/\w+ \w+/);
      expect(used()).toBe('1');
    });
  });

  describe('pots of a session', () => {
    const own = { windowMs: null } as const;
    test('never refill, and say so', () => {
      ledger.settle(drawn([draw({ ...own, amount: '2' })]), 'spent', NOW);
      ledger.settle(drawn([draw({ ...own })]), 'refunded', NOW);
      ledger.settle(drawn([draw({ ...own, amount: '1' })]), 'ambiguous', NOW);
      const reserved = ledger.reserve([draw({ ...own })], NOW + 23 * HOUR);
      expect(reserved).toMatchObject({ kind: 'exceeded', breaches: [{ retryAfterMs: null }] });
      expect(pot()).toMatchObject({ used: decimal('3'), ambiguous: decimal('1'), nextExpiryMs: null });
    });

    test('end after a day without use, once the ledger is sure of the time', () => {
      drawn([draw({ ...own, amount: '3' })]);
      for (let count = 0; count < 3000; count += 1) {
        drawn([draw({ pot: 'busy', limit: '100000' })], NOW + 26 * HOUR);
      }
      expect(ledger.pots(NOW + 26 * HOUR).map(({ pot: id }) => id)).toEqual(['busy']);
    });
  });

  describe('marks', () => {
    let mark: (key: string, untilMs?: number | null, atMs?: number, by?: Ledger) => string;
    let marks: (atMs?: number, session?: string | null, by?: Ledger) => readonly MarkState[];
    beforeEach(() => {
      mark = (key, untilMs = null, atMs = NOW, by = ledger) =>
        by.mark({ session: 's', key, untilMs }, atMs).kind;
      marks = (atMs = NOW, session = 's', by = ledger) => {
        const found = by.marks(session, atMs);
        if (found.kind === 'unavailable') throw new Error(found.why);
        return found.marks;
      };
    });
    const keys = (atMs = NOW, by = ledger): string[] => marks(atMs, 's', by).map(({ key }) => key);

    test('are those of their session', () => {
      expect([
        mark('a'),
        mark('b', NOW + 5),
        ledger.mark({ session: 't', key: 'c', untilMs: null }, NOW).kind,
      ]).toEqual(['marked', 'marked', 'marked']);
      expect(marks()).toEqual([
        { session: 's', key: 'a', atMs: NOW, untilMs: null },
        { session: 's', key: 'b', atMs: NOW, untilMs: NOW + 5 },
      ]);
      expect(marks(NOW, 'nobody')).toEqual([]);
      expect(marks(NOW, null).map(({ session, key }) => session + key)).toEqual(['sa', 'sb', 'tc']);
    });

    test('of one key hold until the later end, whichever came first', () => {
      mark('a', NOW + 50);
      mark('a', NOW + 20, NOW + 10);
      mark('b', NOW + 20);
      mark('b', null, NOW + 10);
      mark('b', NOW + 90, NOW + 11);
      expect(marks().map(({ atMs, untilMs }) => [atMs - NOW, untilMs])).toEqual([
        [10, NOW + 50],
        [11, null],
      ]);
    });

    test('that are dropped are gone, and come back when they are made again', () => {
      mark('a');
      expect([ledger.unmark('s', 'a', NOW), ledger.unmark('s', 'a', NOW), keys()]).toEqual([true, false, []]);
      mark('a');
      expect(keys()).toEqual(['a']);
    });

    test('of a session without a new one for a day are gone, and a new one does not bring them back', () => {
      mark('a');
      mark('b', null, NOW + 23 * HOUR);
      expect(keys(NOW + 46 * HOUR)).toEqual(['a', 'b']);
      expect(keys(NOW + 47 * HOUR)).toEqual([]);
      mark('c', null, NOW + 47 * HOUR);
      expect(keys(NOW + 47 * HOUR)).toEqual(['c']);
    });

    test('made again after hours keep their session alive', () => {
      for (let hour = 0; hour < 40; hour += 1) mark('a', null, NOW + hour * HOUR);
      expect(keys(NOW + 50 * HOUR)).toEqual(['a']);
    });

    test('without end are refused in words, and nothing is lost', () => {
      let kinds = new Set<string>();
      for (let count = 0; count < 1024; count += 1) kinds.add(mark(`k${count}`));
      expect([...kinds]).toEqual(['marked']);
      kinds = new Set([mark('one more'), mark('x'.repeat(2000)), mark('k0', NOW - 1)]);
      expect([...kinds]).toEqual(['unavailable']);
      expect(keys()).toHaveLength(1024);
    });

    test('are seen by others at once, and outlive those who made them', (context) => {
      const { another } = harness;
      if (another === undefined) return context.skip('this ledger is for one process');
      const other = another();
      mark('a');
      expect(keys(NOW, other)).toEqual(['a']);
      mark('b', null, NOW, other);
      other.unmark('s', 'a', NOW);
      other.close();
      ledger.close();
      expect(keys()).toEqual(['b']);
      expect(keys(NOW, another())).toEqual(['b']);
    });

    test('outlive compaction', (context) => {
      const { another } = harness;
      if (another === undefined) return context.skip('this ledger has no files');
      mark('a', NOW + 70);
      mark('b');
      const wide = { pot: 'x'.repeat(900), name: 'y'.repeat(900), limit: '100000' };
      for (let count = 0; count < 800; count += 1) drawn([draw(wide)]);
      expect(marks(NOW, 's', another())).toEqual(marks());
      expect(marks().map(({ key, untilMs }) => [key, untilMs])).toEqual([
        ['a', NOW + 70],
        ['b', null],
      ]);
    });
  });

  test('peek reserves nothing', () => {
    for (let count = 0; count < 5; count += 1)
      expect(ledger.peek([draw({ amount: '3' })], NOW).kind).toBe('free');
    expect(ledger.pots(NOW)).toEqual([]);
  });

  test('closing twice is safe', () => {
    drawn([draw()]);
    ledger.close();
    ledger.close();
  });

  test('what several draw at the same time never exceeds the limit, and adds up', (context) => {
    const { another } = harness;
    if (another === undefined) return context.skip('this ledger is for one process');
    const all = [ledger, another(), another()];
    const random = randomFrom(11);
    let kept = decimal('0');
    for (let turn = 0; turn < 600; turn += 1) {
      const amount = `${random.below(4)}.${String(random.below(1000)).padStart(3, '0')}`;
      const reserved = random
        .pick(all)
        .reserve([draw({ amount, limit: '100', currency: 'EUR' })], NOW + turn);
      if (reserved.kind !== 'reserved') continue;
      const settlement = random.pick(['spent', 'refunded', 'ambiguous'] as const);
      random.pick(all).settle(reserved.id, settlement, NOW + turn);
      if (settlement !== 'refunded') kept = addDecimals(kept, decimal(amount));
    }
    for (const one of all) expect(one.pots(NOW + 600)[0]?.used).toEqual(kept);
    expect(compareDecimals(kept, decimal('100'))).toBeLessThanOrEqual(0);
    for (const one of all) one.close();
  });
}
