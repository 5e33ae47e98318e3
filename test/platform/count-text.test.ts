import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { countText } from '../../src/platform/count-text.js';

test.each([0, -0, 7, 999, 1000, 1001, 10_010, 999_999, 1_000_000, 2 ** 53 - 1, 2 ** 53, 1e21])(
  '%d',
  (count) => {
    expect(countText(count)).toBe(String(count));
  },
);

test('any count is written as JavaScript writes it', () => {
  fc.assert(fc.property(fc.maxSafeNat(), (count) => countText(count) === String(count)));
});
