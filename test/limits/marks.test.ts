import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { apply, createLedgerState } from '../../src/limits/fold.js';
import type { MarkRecord } from '../../src/limits/ledger-record.js';
import { decodeRecord, encodeRecord } from '../../src/limits/ledger-record.js';
import { createMarks, marksAt, putMark, sweepMarks } from '../../src/limits/marks.js';
import { decodeSnapshot, encodeSnapshot } from '../../src/limits/snapshot.js';
import { verifies } from '../requirements.js';

verifies('limits:requires:order');

const NOW = 1_800_000_000_000;
const DAY = 86_400_000;

const record: fc.Arbitrary<MarkRecord> = fc
  .record({
    session: fc.constantFrom('s', 't'),
    key: fc.constantFrom('a', 'b', 'c'),
    atMs: fc.integer({ min: NOW, max: NOW + DAY - 1 }),
    lengthMs: fc.option(fc.integer({ min: 1, max: 2 * DAY })),
  })
  .map(({ session, key, atMs, lengthMs }) => ({
    op: 'mark',
    session,
    key,
    atMs,
    untilMs: lengthMs === null ? null : atMs + lengthMs,
  }));

function sorted(records: readonly MarkRecord[]): string[] {
  const state = createLedgerState();
  for (const one of records) expect(apply(state, one).kind).toBe('free');
  return marksAt(state.marks, null, NOW)
    .map((mark) => JSON.stringify(mark))
    .toSorted();
}

test('the order in which marks are written does not matter', () => {
  const twoOrders = fc
    .array(record, { maxLength: 30 })
    .chain((first) => fc.tuple(fc.constant(first), fc.shuffledSubarray(first, { minLength: first.length })));
  fc.assert(
    fc.property(twoOrders, ([first, second]) => {
      expect(sorted(second)).toEqual(sorted(first));
    }),
  );
});

test('a record of a mark, and a snapshot with marks, read as they were written', () => {
  fc.assert(
    fc.property(fc.array(record, { maxLength: 20 }), (records) => {
      const state = createLedgerState();
      for (const one of records) {
        apply(state, one);
        const encoded = encodeRecord(one);
        expect(encoded.kind === 'text' && decodeRecord(encoded.text)).toEqual({
          kind: 'record',
          record: one,
        });
      }
      const decoded = decodeSnapshot(encodeSnapshot(state, 3));
      expect(decoded).toEqual({ kind: 'snapshot', generation: 3, state });
    }),
  );
});

test.each([
  '{"v":1,"op":"mark","session":"s","key":"a","atMs":5}',
  '{"v":1,"op":"mark","session":"s","key":"a","atMs":5,"untilMs":null,"more":1}',
  '{"v":1,"op":"mark","session":"s","key":"a","atMs":5,"untilMs":5}',
  '{"v":1,"op":"mark","session":"s","key":"a","atMs":5,"untilMs":"6"}',
  '{"v":1,"op":"mark","session":7,"key":"a","atMs":5,"untilMs":null}',
  '{"v":1,"op":"unmark","session":"s","atMs":5}',
  '{"v":1,"op":"unmark","session":"s","key":null,"atMs":5}',
  '{"v":1,"op":"unmark","session":"s","key":"a","atMs":-5}',
])('%s is not understood', (line) => {
  expect(decodeRecord(line).kind).toBe('refused');
});

test('sessions that are idle are forgotten, others are not', () => {
  const marks = createMarks();
  putMark(marks, { session: 'old', key: 'a', untilMs: null }, NOW);
  putMark(marks, { session: 'new', key: 'a', untilMs: null }, NOW + 1);
  sweepMarks(marks, NOW + DAY);
  expect([[...marks.sessions.keys()], marks.count]).toEqual([['new'], 1]);
});

test('all sessions together have a bound, and one more than that is refused in words', () => {
  const marks = createMarks();
  marks.count = 50_000;
  expect(putMark(marks, { session: 's', key: 'a', untilMs: null }, NOW)).toContain('50000 marks');
  expect(marks.sessions.size).toBe(0);
});
