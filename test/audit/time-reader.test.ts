import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTimeReader } from '../../src/audit/time-reader.js';
import { verifies } from '../requirements.js';

verifies('audit:search:judges');

test('reads what Date.parse reads, whatever came before', () => {
  const timeOf = createTimeReader();
  const moments = fc.date({ min: new Date('1970-01-01'), max: new Date('2099-12-31'), noInvalidDate: true });
  fc.assert(
    fc.property(moments, fc.nat(90_000), (moment, laterMs) => {
      for (const date of [moment, new Date(moment.getTime() + laterMs)]) {
        expect(timeOf(date.toISOString())).toBe(date.getTime());
      }
    }),
  );
});

test.each([
  'no time',
  '',
  '2026-13-01T00:00:00.000Z',
  '2026-01-01T25:00:00.000Z',
  '2026-01-01T00:00:61.000Z',
])('%j is no time', (ts) => {
  expect(createTimeReader()(ts)).toBeNaN();
});

test('times of other forms are read too', () => {
  expect(createTimeReader()('2026-01-01T01:00:00+01:00')).toBe(Date.UTC(2026, 0, 1));
});
