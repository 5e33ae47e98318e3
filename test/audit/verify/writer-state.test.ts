import { expect, test } from 'vitest';
import type { Place } from '../../../src/audit/verify/read-place.js';
import { WriterState } from '../../../src/audit/verify/writer-state.js';

const bytes = Buffer.from('{}');

/** The n-th record of a chain whose hashes are their numbers. */
function placeOf(seq: number): Place {
  return {
    type: 'outcome',
    writer: 'w',
    seq,
    prev: seq === 1 ? null : String(seq - 1),
    hash: String(seq),
    bytes,
  };
}

test('a chain of any length is one run, so that a log of many gigabytes costs no memory', () => {
  const state = new WriterState();
  for (let seq = 1; seq <= 100_000; seq += 1) state.add(placeOf(seq), { file: 'a', line: seq, at: seq });
  expect(state.records).toBe(100_000);
  expect(state.runs).toHaveLength(1);
  expect(state.repeated).toEqual([]);
});

test('what a writer says it lost is counted', () => {
  const state = new WriterState();
  state.add(placeOf(1), { file: 'a', line: 1, at: 1 });
  const text = '{"type":"event","event":"records-lost","detail":{"first":2,"last":4}}';
  const event = { ...placeOf(5), type: 'event' as const, prev: '1', bytes: Buffer.from(text) };
  state.add(event, { file: 'a', line: 2, at: 2 });
  expect(state.lost).toBe(3);
  expect(state.runs).toHaveLength(1);
});
