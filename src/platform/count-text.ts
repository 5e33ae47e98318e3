/** Up to here a number is written without an exponent, and taken apart without loss. */
const WHOLE_LIMIT = 2 ** 53;
const LAST_DIGITS = Array.from({ length: 1000 }, (_none, rest) => String(rest).padStart(3, '0'));

/**
 * A count, from 0 on, in digits. The last three come from a table: V8 remembers each text that it makes
 * of a number, and those of numbers that never come again are what a collection has to copy.
 */
export function countText(count: number): string {
  if (count < 1000 || count >= WHOLE_LIMIT) return String(count);
  const thousands = Math.trunc(count / 1000);
  return thousands + (LAST_DIGITS[count - thousands * 1000] as string);
}
