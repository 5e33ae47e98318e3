import {
  LEDGER_DECIMAL_DIGITS_MAX,
  LEDGER_TEXT_BYTES_MAX,
  LEDGER_WINDOW_MS_MAX,
} from '../platform/bounds.js';
import { type Decimal, hasDigitsWithin } from '../platform/decimal.js';

/** Whether the value is a time that a record may state. */
export function isTime(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** Whether the value is an id, name or reason within its bound. */
export function isText(value: unknown): value is string {
  return typeof value === 'string' && Buffer.byteLength(value) <= LEDGER_TEXT_BYTES_MAX;
}

/** Whether the value is an amount that can be counted: exact, not negative, of bounded length. */
export function isAmount(value: Decimal): boolean {
  const { coefficient, scale } = value;
  // Nearly all are small; for these the digits need not be counted.
  if (coefficient >= 0n && coefficient <= SMALL && scale >= 0 && scale <= LEDGER_DECIMAL_DIGITS_MAX)
    return true;
  return coefficient >= 0n && hasDigitsWithin(value, LEDGER_DECIMAL_DIGITS_MAX);
}

const SMALL = 1_000_000_000_000n;

export function isWindow(value: unknown): value is number | null {
  if (value === null) return true;
  return Number.isSafeInteger(value) && (value as number) > 0 && (value as number) <= LEDGER_WINDOW_MS_MAX;
}

/** Whether the value is an end that a mark of this time may have. */
export function isUntil(value: unknown, atMs: number): value is number | null {
  return value === null || (isTime(value) && value > atMs && value - atMs <= LEDGER_WINDOW_MS_MAX);
}
