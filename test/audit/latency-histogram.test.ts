import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { LatencyHistogram } from '../../src/audit/latency-histogram.js';
import { verifies } from '../requirements.js';

verifies('audit:stats');

test('a quantile is at most 1.1 % and half a microsecond off the time of that rank', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0.001, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 300 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (times, part) => {
        const histogram = new LatencyHistogram();
        for (const time of times) histogram.add(time);
        const rank = Math.max(1, Math.ceil(part * times.length));
        const exact = times.toSorted((one, other) => one - other)[rank - 1] ?? 0;
        expect(Math.abs((histogram.quantile(part) ?? 0) - exact)).toBeLessThanOrEqual(exact * 0.011 + 0.0006);
        expect(histogram.max).toBe(Math.max(...times));
      },
    ),
  );
});

test('without times there is no quantile, and what is no time is left out', () => {
  const histogram = new LatencyHistogram();
  for (const time of [Number.NaN, -1]) histogram.add(time);
  expect([histogram.count, histogram.quantile(0.5)]).toEqual([0, null]);
  for (const time of [0, Number.MAX_VALUE]) histogram.add(time);
  expect(histogram.count).toBe(2);
  expect(histogram.quantile(0.5)).toBe(0.001);
});
