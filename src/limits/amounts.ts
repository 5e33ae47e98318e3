import { AMOUNT_DIGITS_MAX, AMOUNT_VALUES_MAX } from '../platform/bounds.js';
import {
  addDecimals,
  type Decimal,
  decimalOfNumber,
  hasDigitsWithin,
  parseDecimal,
} from '../platform/decimal.js';
import type { JsonValue } from '../platform/json.js';
import { type Found, lookUp, Unclear } from '../policy/argument-path.js';
import { kindOf } from '../policy/equality.js';
import type { Judging } from '../policy/judging.js';
import type { AmountField } from '../policy/pot-terms.js';

/** What a call spends, or why that cannot be told: in words for the agent, without the value itself. */
export type Amount =
  | { readonly ok: true; readonly amount: Decimal }
  | { readonly ok: false; readonly why: string };

const NOTHING: Decimal = { coefficient: 0n, scale: 0 };

/**
 * Plain digits and nothing else. Servers read exponents, signs, spaces and separators in a text each
 * in their own way, and the one that reads least of it must not be able to spend more.
 */
const PLAIN_DIGITS = /^\d+(\.\d+)?$/;

/**
 * The amount that stands in the arguments, exact and never negative. Where the path names several
 * values, each must be an amount, and they are added.
 */
export function amountAt(field: AmountField, judging: Judging): Amount {
  const found = lookUp(field.path, judging);
  const { text } = field.path;
  if (found.length === 0) return wrong(`${text} names no value`);
  if (found.length > AMOUNT_VALUES_MAX) return wrong(`${text} names more than ${AMOUNT_VALUES_MAX} values`);
  let sum = NOTHING;
  for (const one of found) {
    const read = readAmount(one, field);
    if (!read.ok) return read;
    sum = addDecimals(sum, read.amount);
  }
  return { ok: true, amount: sum };
}

function readAmount(found: Found, { path, numericStrings }: AmountField): Amount {
  // The note of what is unclear begins with the path already.
  if (found instanceof Unclear) return wrong(found.why.notes.join('; '));
  const read = readValue(found, numericStrings);
  return read.ok ? read : wrong(`${path.text} ${read.why}`);
}

function readValue(value: JsonValue | undefined, numericStrings: boolean): Amount {
  if (value === undefined || value === null) return wrong('is missing');
  if (typeof value === 'string') return readText(value, numericStrings);
  if (typeof value !== 'number') return wrong(`must be a number, not ${kindOf(value)}`);
  // JSON text such as 1e400 is read as infinity.
  if (!Number.isFinite(value)) return wrong('is not a finite number');
  if (value < 0) return wrong('is negative');
  if (value > Number.MAX_SAFE_INTEGER) return wrong('is too large to be read exactly');
  return within(decimalOfNumber(value));
}

function readText(text: string, numericStrings: boolean): Amount {
  if (!numericStrings) {
    return wrong(
      PLAIN_DIGITS.test(text) ? 'must be a number, written without quotes' : 'must be a number, not a string',
    );
  }
  return PLAIN_DIGITS.test(text)
    ? within(parseDecimal(text))
    : wrong('must be an amount of plain digits, such as "12.50"');
}

function within(exact: Decimal | undefined): Amount {
  if (exact !== undefined && hasDigitsWithin(exact, AMOUNT_DIGITS_MAX)) return { ok: true, amount: exact };
  return wrong(`has more than ${AMOUNT_DIGITS_MAX} digits before or behind its decimal point`);
}

function wrong(why: string): Amount {
  return { ok: false, why };
}
