import { describe, expect, test } from 'vitest';
import { violationOf } from './compare.js';
import { GuardDoor } from './doors.js';
import { fuzz } from './fuzz.js';
import { carelesslyJudged } from './leaky-door.js';
import { attempt } from './lines.js';
import { MODELS } from './models/models.js';
import { BYPASSES } from './regressions.js';
import { verifies } from '../requirements.js';

verifies('ambiguity:differential');

const LINES = 20_000;
const RANDOM_SEED = Math.floor(Math.random() * 0x1_0000_0000);

test.each([
  ['a fixed seed', 20260728],
  [`the random seed ${RANDOM_SEED}`, RANDOM_SEED],
])('no server runs a call that guard did not judge: %s', (_name, seed) => {
  const report = fuzz({ seed, lines: LINES, door: new GuardDoor() });
  expect(report.findings).toEqual([]);
  // A fuzzer of which nothing gets through tests nothing.
  expect(report.forwarded).toBeGreaterThan(LINES / 10);
  expect(report.denied).toBeGreaterThan(LINES / 100);
  expect(report.refusals.size).toBeGreaterThan(15);
});

test('the same seed and index make the same bytes', () => {
  expect(attempt(5, 17)).toEqual(attempt(5, 17));
  expect(attempt(5, 17)).not.toEqual(attempt(5, 18));
  expect(attempt(5, 17)).not.toEqual(attempt(6, 17));
});

describe('known bypasses', () => {
  test.each(BYPASSES.map((bypass) => [bypass.name, bypass] as const))('%s is refused', (_name, bypass) => {
    const passage = new GuardDoor().send(Buffer.from(`${bypass.line}\n`, 'latin1'));
    expect(passage.refusals).toEqual([bypass.reason]);
    expect(passage.forwarded.length).toBe(0);
  });

  test.each(BYPASSES.map((bypass) => [bypass.name, bypass] as const))(
    '%s is a violation where it is not',
    (_name, { line, reader }) => {
      const bytes = Buffer.from(`${line}\n`, 'latin1');
      const models = MODELS.filter(({ name }) => name === reader);
      expect(models).toHaveLength(1);
      expect(violationOf(bytes, carelesslyJudged(bytes), models)).not.toBeNull();
    },
  );
});
