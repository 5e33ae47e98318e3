import { compareDecimals, decimalOfNumber, parseDecimal } from '../platform/decimal.js';

/**
 * Compares numbers with a decimal operand, exactly, without arithmetic on big integers per call.
 * The comparison gives a negative, zero or positive number, or undefined where rounding decides:
 * the value is beyond the integers that JavaScript can tell apart and rounds to the operand.
 * Throws an Error where the operand is not a decimal.
 */
export function compareWith(operand: number | string): (value: number) => number | undefined {
  const exact = typeof operand === 'number' ? decimalOfNumber(operand) : parseDecimal(operand.trim());
  if (exact === undefined) throw new Error(`expected a decimal number such as 100 or '0.10'`);
  const rounded = Number(operand);
  const roundedExact = decimalOfNumber(rounded);
  // Doubles and the shortest decimals that they are written as have one order, so only values that
  // round to the operand itself need the exact comparison, and for these it is always the same.
  const tie = roundedExact === undefined ? undefined : compareDecimals(roundedExact, exact);
  return function compare(value) {
    if (value > rounded) return 1;
    if (value < rounded) return -1;
    return Math.abs(value) <= Number.MAX_SAFE_INTEGER ? tie : undefined;
  };
}
