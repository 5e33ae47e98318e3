import { hash } from 'node:crypto';

/** The first 128 bits of the sha256 of a text, as hex digits: short, and no two texts are found that share it. */
export function textDigest(text: string): string {
  return hash('sha256', text, 'hex').slice(0, 32);
}
