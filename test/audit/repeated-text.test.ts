import { expect, test } from 'vitest';
import { millisecondsJson } from '../../src/audit/json-text.js';
import { flat, repeated } from '../../src/audit/repeated-text.js';

test('a text is made anew only where one of its parts differs', () => {
  let made = 0;
  const text = repeated((name: string, is: boolean, other: string | null) => {
    made += 1;
    return `${name} ${is} ${other}`;
  });
  expect([text('a', true, null), text('a', true, null)]).toEqual(['a true null', 'a true null']);
  expect(made).toBe(1);
  expect([text('b', true, null), text('b', false, null), text('b', false, 'c')]).toEqual([
    'b true null',
    'b false null',
    'b false c',
  ]);
  expect(made).toBe(4);
});

test('a text in one piece is the same text', () => {
  const text = `${'é漢字'.repeat(9)}-${'x'.repeat(9)}`;
  expect(flat(text)).toBe(text);
});

test.each([
  0,
  -0,
  0.0004,
  0.0005,
  0.001,
  0.01,
  0.1,
  1,
  1.5,
  12.345678,
  999.9996,
  1e6 + 0.25,
  1e9,
  1e12,
  -1.25,
])('%d ms are written as a number of three decimals is', (milliseconds) => {
  expect(millisecondsJson(milliseconds)).toBe(JSON.stringify(Math.round(milliseconds * 1000) / 1000));
});

test('what is no number of milliseconds is null', () => {
  expect([Number.NaN, Number.POSITIVE_INFINITY].map(millisecondsJson)).toEqual(['null', 'null']);
});
