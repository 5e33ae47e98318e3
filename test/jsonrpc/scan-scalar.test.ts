import { expect, test } from 'vitest';
import { isBlank, scanLiteral, scanNumber } from '../../src/jsonrpc/scan-scalar.js';

/** How many bytes of the text are one number; negative where the fault is. */
function numberLength(text: string): number {
  const bytes = Buffer.from(`x${text}9`);
  const after = scanNumber(bytes, 1, 1 + text.length);
  return after < 0 ? after + 2 : after - 1;
}

test.each([
  ['0', 1],
  ['-0', 2],
  ['10', 2],
  ['1234567890123456789', 19],
  ['0.0', 3],
  ['-12.50', 6],
  ['1e5', 3],
  ['1E+05', 5],
  ['1.5e-300', 8],
  ['01', 1],
  ['0x10', 1],
  ['1e400', 5],
  ['1_000', 1],
])('%s begins with a number of %d bytes', (text, expected) => {
  expect(numberLength(text)).toBe(expected);
});

test.each([
  ['-', -1],
  ['-a', -1],
  ['--1', -1],
  ['1.', -2],
  ['1.e5', -2],
  ['1e', -2],
  ['1e+', -3],
  ['1e+x', -3],
  ['-.5', -1],
])('%s is faulty at byte %d', (text, expected) => {
  expect(numberLength(text)).toBe(expected);
});

test.each([
  ['true', 4],
  ['false', 5],
  ['null', 4],
  ['trueish', 4],
  ['tru', -1],
  ['True', -1],
  ['NULL', -1],
  ['NaN', -1],
  ['Infinity', -1],
  ['undefined', -1],
  ['nulL', -4],
  ['fals3', -5],
])('%s is scanned as a literal to %d', (text, expected) => {
  const bytes = Buffer.from(text);
  expect(scanLiteral(bytes, 0, bytes.length, bytes[0] as number)).toBe(expected);
});

test('only space and tab are blank', () => {
  const blank = Array.from({ length: 256 }, (_, byte) => byte).filter(isBlank);
  expect(blank).toEqual([0x09, 0x20]);
});
