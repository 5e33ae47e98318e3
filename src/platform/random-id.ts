import { randomBytes } from 'node:crypto';

/** Letters and digits that are not taken for each other; 32 of them, so that no value is more likely. */
const SYMBOLS = '0123456789abcdefghjkmnpqrstvwxyz';

/** A prefix and `length` lower-case letters and digits made at random, five bits each. */
export function randomId(prefix: string, length: number): string {
  let text = prefix;
  for (const byte of randomBytes(length)) text += SYMBOLS[byte & 31];
  return text;
}
