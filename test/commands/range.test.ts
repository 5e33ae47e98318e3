import { describe, expect, test } from 'vitest';
import { parseRange } from '../../src/commands/range.js';

test.each<['latency' | 'size', string, number, boolean]>([
  ['latency', '>100', 100, false],
  ['latency', '>100', 100.5, true],
  ['latency', '>=2s', 2000, true],
  ['latency', '<5ms', 5, false],
  ['latency', '<=5', 5, true],
  ['latency', '1.5', 1.5, true],
  ['latency', '=7', 8, false],
  ['latency', '100..2s', 2000, true],
  ['latency', '100 .. 200', 201, false],
  ['size', '>64KiB', 65_537, true],
  ['size', '< 1MB', 1_000_000, false],
])('--%s %s of %d: %s', (kind, text, value, expected) => {
  expect(parseRange(kind, [text])?.(value)).toBe(expected);
});

test('several must all hold', () => {
  const test = parseRange('latency', ['>1', '<3']);
  expect([1, 2, 3].map((value) => test?.(value))).toEqual([false, true, false]);
  expect(parseRange('size', undefined)).toBeUndefined();
});

describe('what is no range', () => {
  test.each(['', 'x', '>', '1..', '2..1', '1..2..3', '>1 week', '-1'])('%j', (text) => {
    expect(() => parseRange('latency', [text])).toThrow(/expected a range/);
  });
});
