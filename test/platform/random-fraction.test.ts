import { expect, test } from 'vitest';
import { randomFraction } from '../../src/platform/random-fraction.js';

test('fractions lie from 0 to below 1, and are not one and the same', () => {
  const drawn = Array.from({ length: 1000 }, randomFraction);
  expect(drawn.filter((one) => one < 0 || one >= 1)).toEqual([]);
  expect(new Set(drawn).size).toBeGreaterThan(900);
});
