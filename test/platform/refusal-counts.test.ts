import { expect, test } from 'vitest';
import { REFUSAL_KINDS_MAX, REFUSALS_TOLD_MS } from '../../src/platform/bounds.js';
import { RefusalCounts } from '../../src/platform/refusal-counts.js';
import { verifies } from '../requirements.js';
import { heldTime } from '../support/held-time.js';

verifies('refusals:counted');

function counting() {
  const time = heldTime();
  const told: string[] = [];
  const counts = new RefusalCounts<string>({
    schedule: time.schedule,
    tell: (detail, { count, mixed }) => told.push(`${detail} ${count}${mixed ? ' mixed' : ''}`),
  });
  return { time, told, counts };
}

test('the first is told of at once, a flood once in each interval, and none is lost', () => {
  const { time, told, counts } = counting();
  for (let count = 0; count < 1000; count += 1) counts.add('a', `a${count}`);
  expect(told).toEqual(['a0 1']);
  time.pass(REFUSALS_TOLD_MS);
  expect(told).toEqual(['a0 1', 'a999 999']);
  counts.add('a', 'again');
  counts.add('b', 'other');
  expect(told.slice(2)).toEqual(['other 1']);
  time.pass(REFUSALS_TOLD_MS);
  expect(told.slice(3)).toEqual(['again 1']);
});

test('after a quiet interval a kind is told of at once again, and nothing is planned', () => {
  const { time, told, counts } = counting();
  counts.add('a', 'first');
  time.pass(REFUSALS_TOLD_MS);
  expect(time.planned()).toBe(0);
  counts.add('a', 'later');
  expect(told).toEqual(['first 1', 'later 1']);
});

test('many kinds are counted together', () => {
  const { time, told, counts } = counting();
  for (let kind = 0; kind < REFUSAL_KINDS_MAX + 500; kind += 1) counts.add(`kind ${kind}`, 'x');
  expect(told).toHaveLength(REFUSAL_KINDS_MAX);
  time.pass(REFUSALS_TOLD_MS);
  expect(told.slice(REFUSAL_KINDS_MAX)).toEqual(['x 500 mixed']);
});

test('at the end what was only counted is told of', () => {
  const { time, told, counts } = counting();
  for (let count = 0; count < 3; count += 1) counts.add('a', 'a');
  counts.close();
  counts.close();
  expect(told).toEqual(['a 1', 'a 2']);
  expect(time.planned()).toBe(0);
});
