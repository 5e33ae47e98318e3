import { randomInt } from 'node:crypto';

/** A number from 0 up to, but without, 1, by the machine's own randomness. */
export function randomFraction(): number {
  return randomInt(2 ** 32) / 2 ** 32;
}
