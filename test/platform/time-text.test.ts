import { expect, test } from 'vitest';
import { exactTime, roundTime } from '../../src/platform/time-text.js';

test.each([
  [1, '1 ms'],
  [1500, '1500 ms'],
  [90_000, '90 s'],
  [3_600_000, '1 h'],
  [86_400_000, '1 d'],
  [90 * 86_400_000, '90 d'],
])('%d ms exactly', (ms, text) => expect(exactTime(ms)).toBe(text));

test.each([
  [0, '1 s'],
  [999, '1 s'],
  [1001, '2 s'],
  [120_000, '120 s'],
  [120_001, '3 min'],
  [7_200_001, '3 h'],
  [172_800_001, '3 d'],
])('%d ms at least', (ms, text) => expect(roundTime(ms)).toBe(text));
