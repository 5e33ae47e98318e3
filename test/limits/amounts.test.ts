import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Amount, amountAt } from '../../src/limits/amounts.js';
import { decimalText } from '../../src/platform/decimal.js';
import type { JsonObject, JsonValue } from '../../src/platform/json.js';
import { parseArgumentPath } from '../../src/platform/argument-path.js';
import { Judging } from '../../src/policy/judging.js';
import { ports } from '../policy/support.js';
import { payment } from './support.js';
import { verifies } from '../requirements.js';

verifies('limits:amount:exact', 'limits:amount:invalid');

function read(input: JsonObject, path = '$.amount', numericStrings = false): Amount {
  const field = { path: parseArgumentPath(path), numericStrings };
  return amountAt(field, new Judging(payment(input), ports));
}

function shown(amount: Amount): string {
  return amount.ok ? decimalText(amount.amount) : amount.why;
}

/** What JSON text makes of the argument, since that is what comes over the wire. */
function amountText(json: string, numericStrings = false): string {
  return shown(read({ amount: JSON.parse(json) as JsonValue }, '$.amount', numericStrings));
}

describe('numbers are the decimals that they are written as', () => {
  test.each([
    ['0.1', '0.1'],
    ['0', '0'],
    ['-0', '0'],
    ['-0.0', '0'],
    ['1.10', '1.1'],
    ['12.5e1', '125'],
    ['1E2', '100'],
    ['0.000000001', '0.000000001'],
    ['9007199254740991', '9007199254740991'],
    ['1e-30', '0.000000000000000000000000000001'],
  ])('%s is %s', (json, expected) => expect(amountText(json)).toBe(expected));
});

describe('what is no amount says what is wrong, without the value', () => {
  const DIGITS = '$.amount has more than 30 digits before or behind its decimal point';
  test.each([
    ['null', '$.amount is missing'],
    ['-0.01', '$.amount is negative'],
    ['-1e400', '$.amount is not a finite number'],
    ['1e400', '$.amount is not a finite number'],
    ['9007199254740992', '$.amount is too large to be read exactly'],
    ['1e300', '$.amount is too large to be read exactly'],
    ['1e-31', DIGITS],
    ['5e-324', DIGITS],
    ['true', '$.amount must be a number, not a boolean'],
    ['[5]', '$.amount must be a number, not an array'],
    ['{"value":5}', '$.amount must be a number, not an object'],
    ['"5"', '$.amount must be a number, written without quotes'],
    ['"five"', '$.amount must be a number, not a string'],
    ['""', '$.amount must be a number, not a string'],
    ['"NaN"', '$.amount must be a number, not a string'],
  ])('%s', (json, expected) => expect(amountText(json)).toBe(expected));

  test('nothing at the path', () => {
    expect(shown(read({}))).toBe('$.amount is missing');
    expect(shown(read({ order: 5 }, '$.order.total'))).toBe('$.order.total is missing');
  });

  test('NaN, which no JSON text is', () => {
    expect(shown(read({ amount: Number.NaN }))).toBe('$.amount is not a finite number');
  });

  test('another key that some servers would read instead', () => {
    expect(shown(read({ amount: 1, Amount: 500 }))).toBe(
      '$.amount: another key differs only in how it is written',
    );
  });

  test('the path may lead to a prototype member, which is nothing', () => {
    expect(shown(read({}, '$.constructor'))).toBe('$.constructor is missing');
  });
});

describe('with numeric_strings a text of plain digits counts', () => {
  const PLAIN = '$.amount must be an amount of plain digits, such as "12.50"';
  test.each([
    ['"12.50"', '12.5'],
    ['"0"', '0'],
    ['"007"', '7'],
    [`"${'9'.repeat(30)}.${'9'.repeat(30)}"`, `${'9'.repeat(30)}.${'9'.repeat(30)}`],
    [`"1${'0'.repeat(30)}"`, '$.amount has more than 30 digits before or behind its decimal point'],
    [`"${'9'.repeat(1000)}"`, '$.amount has more than 30 digits before or behind its decimal point'],
    ['12.5', '12.5'],
    ['""', PLAIN],
    ['"-1"', PLAIN],
    ['"+1"', PLAIN],
    ['" 1"', PLAIN],
    ['"1\\n"', PLAIN],
    ['"1e2"', PLAIN],
    ['"1e-2"', PLAIN],
    ['"0x10"', PLAIN],
    ['"1,000"', PLAIN],
    ['"1_000"', PLAIN],
    ['".5"', PLAIN],
    ['"5."', PLAIN],
    ['"Infinity"', PLAIN],
    ['"٣"', PLAIN],
  ])('%s', (json, expected) => expect(amountText(json, true)).toBe(expected));
});

function prices(count: number, price: number): JsonValue {
  return Array.from({ length: count }, () => ({ price }));
}

describe('a path that names several values adds them', () => {
  const path = '$.items[*].price';
  test.each<[JsonObject, string]>([
    [{ items: [{ price: 0.1 }, { price: 0.2 }, { price: 0.3 }] }, '0.6'],
    [{ items: [{ price: 7 }] }, '7'],
    [{ items: [] }, '$.items[*].price names no value'],
    [{}, '$.items[*].price is missing'],
    [{ items: { price: 1 } }, '$.items[*].price: expected an array'],
    [{ items: [{ price: 10 }, { price: -9 }] }, '$.items[*].price is negative'],
    [{ items: [{ price: 10 }, {}] }, '$.items[*].price is missing'],
    [{ items: [{ price: 10 }, { price: '9' }] }, '$.items[*].price must be a number, written without quotes'],
    [{ items: prices(1000, 1.01) }, '1010'],
    [{ items: prices(1001, 1) }, '$.items[*].price names more than 1000 values'],
  ])('%.70j', (input, expected) => expect(shown(read(input, path))).toBe(expected));
});

test('an amount is never negative, and never anything but what was written', () => {
  const json = fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<JsonValue>;
  fc.assert(
    fc.property(fc.oneof(json, fc.double(), fc.integer()), fc.boolean(), (value, numericStrings) => {
      const amount = read({ amount: value }, '$.amount', numericStrings);
      if (amount.ok) expect(Number(decimalText(amount.amount))).toBe(Math.abs(Number(value)));
      else expect(amount.why).toMatch(/^\$\.amount /);
    }),
  );
});

test('cents add up to whole cents', () => {
  const cents = fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(cents, (amounts) => {
      const items = amounts.map((amount) => ({ price: Number(`${amount}e-2`) }));
      const total = amounts.reduce((sum, amount) => sum + amount, 0);
      expect(shown(read({ items }, '$.items[*].price'))).toBe(String(total / 100));
    }),
  );
});
