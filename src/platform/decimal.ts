import { DECIMAL_CHARS_MAX, DECIMAL_EXPONENT_MAX } from './bounds.js';

/**
 * An exact decimal: `coefficient` / 10^`scale`. Money and rule operands are held this way, since
 * binary floating point cannot hold 0.1.
 */
export interface Decimal {
  /** Signed; no trailing zero unless it is 0. */
  readonly coefficient: bigint;
  /** Digits after the decimal point; negative for round large numbers. */
  readonly scale: number;
}

const DECIMAL_TEXT = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,5}))?$/;

/**
 * The decimal that a text such as `0.10`, `-3` or `1e21` states, exactly. Undefined for anything
 * else, for texts beyond DECIMAL_CHARS_MAX and for exponents beyond DECIMAL_EXPONENT_MAX.
 */
export function parseDecimal(text: string): Decimal | undefined {
  if (text.length > DECIMAL_CHARS_MAX) return undefined;
  const parts = DECIMAL_TEXT.exec(text);
  if (parts === null) return undefined;
  const fraction = parts[3] ?? '';
  const exponent = Number(parts[4] ?? '0');
  if (Math.abs(exponent) > DECIMAL_EXPONENT_MAX) return undefined;
  const digits = `${parts[2] ?? ''}${fraction}`;
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return { coefficient: 0n, scale: 0 };
  const magnitude = BigInt(significant);
  return {
    coefficient: parts[1] === '-' ? -magnitude : magnitude,
    scale: fraction.length - exponent - (digits.length - significant.length),
  };
}

/** The decimal that a number is written as, so 0.1 is exactly 0.1; undefined where it is not finite. */
export function decimalOfNumber(value: number): Decimal | undefined {
  return Number.isFinite(value) ? parseDecimal(String(value)) : undefined;
}

/** Negative, zero or positive as `left` is below, equal to or above `right`. Exact. */
export function compareDecimals(left: Decimal, right: Decimal): number {
  const scale = Math.max(left.scale, right.scale);
  const difference = scaled(left, scale) - scaled(right, scale);
  if (difference === 0n) return 0;
  return difference < 0n ? -1 : 1;
}

/** Whether the decimal has at most this many digits before its point, and at most as many behind it. */
export function hasDigitsWithin({ coefficient, scale }: Decimal, digitsMax: number): boolean {
  const digits = String(coefficient < 0n ? -coefficient : coefficient).length;
  return digits - scale <= digitsMax && scale <= digitsMax;
}

/** The exact sum. */
export function addDecimals(left: Decimal, right: Decimal): Decimal {
  const scale = Math.max(left.scale, right.scale);
  return decimalOfUnits(scaled(left, scale) + scaled(right, scale), scale);
}

/** The exact difference. */
export function subtractDecimals(left: Decimal, right: Decimal): Decimal {
  return addDecimals(left, { coefficient: -right.coefficient, scale: right.scale });
}

/** The shortest text of the decimal in plain digits, such as `0.1`, `-3` or `1200`; equal decimals have one text. */
export function decimalText({ coefficient, scale }: Decimal): string {
  if (scale <= 0) return String(coefficient * 10n ** BigInt(-scale));
  const sign = coefficient < 0n ? '-' : '';
  const digits = String(coefficient < 0n ? -coefficient : coefficient).padStart(scale + 1, '0');
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** How many units of 10^-`scale` the decimal is, where `scale` is at least as fine as its own. */
export function decimalUnits(decimal: Decimal, scale: number): bigint {
  return scaled(decimal, scale);
}

/** The decimal that is so many units of 10^-`scale`. */
export function decimalOfUnits(units: bigint, scale: number): Decimal {
  if (units === 0n) return { coefficient: 0n, scale: 0 };
  let rest = units;
  let digits = scale;
  while (rest % 10n === 0n) {
    rest /= 10n;
    digits -= 1;
  }
  return { coefficient: rest, scale: digits };
}

/** The coefficient at a scale at least as fine as its own; the bounds above keep it below 900 digits. */
function scaled(decimal: Decimal, scale: number): bigint {
  return decimal.coefficient * 10n ** BigInt(scale - decimal.scale);
}
