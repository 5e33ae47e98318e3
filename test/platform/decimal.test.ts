import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addDecimals,
  compareDecimals,
  decimalOfNumber,
  decimalOfUnits,
  decimalText,
  decimalUnits,
  type Decimal,
  hasDigitsWithin,
  parseDecimal,
  subtractDecimals,
} from '../../src/platform/decimal.js';

function compare(left: string, right: string): number | undefined {
  const first = parseDecimal(left);
  const second = parseDecimal(right);
  return first === undefined || second === undefined ? undefined : compareDecimals(first, second);
}

describe('decimals', () => {
  test.each([
    ['0.1', '0.10', 0],
    ['-0', '0', 0],
    ['1e3', '1000', 0],
    ['1.5e-3', '0.0015', 0],
    ['9007199254740993', '9007199254740992', 1],
    ['0.30000000000000001', '0.3', 1],
    ['-2', '1', -1],
    ['-2', '-3', 1],
    ['+7', '7', 0],
    ['5e-324', '1e308', -1],
    ['000.50', '.5'.padStart(3, '0'), 0],
  ])('%s against %s is %d', (left, right, expected) => {
    expect(compare(left, right)).toBe(expected);
  });

  test.each([
    '',
    ' 1',
    '1 ',
    '0x10',
    '1.',
    '.5',
    '1,5',
    'NaN',
    'Infinity',
    '1e401',
    '1e99999',
    '1_000',
    '--1',
    '٣',
  ])('refuses %j', (text) => {
    expect(parseDecimal(text)).toBeUndefined();
  });

  test('refuses texts beyond the bound', () => {
    expect(parseDecimal('1'.repeat(128))).toBeDefined();
    expect(parseDecimal('1'.repeat(129))).toBeUndefined();
  });

  test('orders numbers as JavaScript does', () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        (a, b) => {
          const left = decimalOfNumber(a);
          const right = decimalOfNumber(b);
          if (left === undefined || right === undefined) throw new Error('finite numbers are decimals');
          expect(compareDecimals(left, right)).toBe(a < b ? -1 : a > b ? 1 : 0);
        },
      ),
    );
  });

  test('numbers that are not finite are none', () => {
    expect(decimalOfNumber(Number.POSITIVE_INFINITY)).toBeUndefined();
    expect(decimalOfNumber(Number.NaN)).toBeUndefined();
  });
});

function decimal(text: string): Decimal {
  const found = parseDecimal(text);
  if (found === undefined) throw new Error(`${text} is no decimal`);
  return found;
}

describe('decimal arithmetic', () => {
  test.each([
    ['0.1', '0.2', '0.3', '-0.1'],
    ['999.99', '0.01', '1000', '999.98'],
    ['1e21', '-1e21', '0', '2000000000000000000000'],
    ['0', '0', '0', '0'],
    ['-0.05', '0.005', '-0.045', '-0.055'],
    ['5e-3', '1200', '1200.005', '-1199.995'],
  ])('%s and %s', (left, right, sum, difference) => {
    expect(decimalText(addDecimals(decimal(left), decimal(right)))).toBe(sum);
    expect(decimalText(subtractDecimals(decimal(left), decimal(right)))).toBe(difference);
  });

  const cents = fc.integer({ min: -1_000_000, max: 1_000_000 });

  test('sums are those of whole cents, whatever the order', () => {
    fc.assert(
      fc.property(fc.array(cents, { maxLength: 20 }), (amounts) => {
        const decimals = amounts.map((amount) => decimal(`${amount}e-2`));
        const total = decimal(`${amounts.reduce((sum, amount) => sum + amount, 0)}e-2`);
        const zero = decimal('0');
        expect(decimals.reduce(addDecimals, zero)).toEqual(total);
        expect(decimals.toReversed().reduce(addDecimals, zero)).toEqual(total);
      }),
    );
  });

  test.each([
    ['123.45', 3, true],
    ['1234.5', 3, false],
    ['0.1234', 3, false],
    ['-999.999', 3, true],
    ['1e2', 3, true],
    ['1e3', 3, false],
    ['1e-3', 3, true],
    ['0', 1, true],
  ])('%s has at most %d digits on each side: %j', (text, digitsMax, expected) => {
    expect(hasDigitsWithin(decimal(text), digitsMax)).toBe(expected);
  });

  test('units of any finer scale are the same decimal again', () => {
    expect(decimalUnits(decimal('12.5'), 3)).toBe(12_500n);
    expect(decimalUnits(decimal('1e3'), 0)).toBe(1000n);
    fc.assert(
      fc.property(cents, fc.integer({ min: 2, max: 40 }), (amount, scale) => {
        const exact = decimal(`${amount}e-2`);
        expect(decimalOfUnits(decimalUnits(exact, scale), scale)).toEqual(exact);
      }),
    );
  });

  test('a text is read back as the same decimal', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }),
        fc.integer({ min: -40, max: 40 }),
        (n, scale) => {
          const exact = decimal(`${n}e${-scale}`);
          expect(parseDecimal(decimalText(exact))).toEqual(exact);
        },
      ),
    );
  });
});
