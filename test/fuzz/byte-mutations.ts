import type { Random } from './random.js';

type ByteMutation = (random: Random, bytes: Buffer) => Buffer;

/** Bytes that decoders disagree on: overlong forms, stray and truncated ones, encoded surrogates. */
const ODD_BYTES: readonly (readonly number[])[] = [
  [0x00],
  [0x0d],
  [0x0a],
  [0x80],
  [0xff],
  [0xfe],
  [0xc0, 0xaf],
  [0xc1, 0xa2],
  [0xe0, 0x80, 0xa2],
  [0xc3],
  [0xed, 0xa0, 0x80],
  [0xf4, 0x90, 0x80, 0x80],
  [0xef, 0xbb, 0xbf],
  [0xc2, 0x85],
  [0xe2, 0x80],
  [0x85],
  [0xa0],
];

function insertBytes(bytes: Buffer, at: number, odd: readonly number[]): Buffer {
  return Buffer.concat([bytes.subarray(0, at), Buffer.from(odd), bytes.subarray(at)]);
}

const flip: ByteMutation = (random, bytes) => {
  const changed = Buffer.from(bytes);
  const at = random.below(changed.length);
  if (changed.length > 0) changed[at] = (changed[at] as number) ^ (1 << random.below(8));
  return changed;
};

const overwrite: ByteMutation = (random, bytes) => {
  const changed = Buffer.from(bytes);
  if (changed.length > 0) changed[random.below(changed.length)] = random.below(256);
  return changed;
};

const odd: ByteMutation = (random, bytes) =>
  insertBytes(bytes, random.below(bytes.length + 1), random.pick(ODD_BYTES));

const overlong: ByteMutation = (random, bytes) => {
  const at = random.below(bytes.length);
  const byte = bytes[at];
  if (byte === undefined || byte >= 0x80) return bytes;
  return Buffer.concat([
    bytes.subarray(0, at),
    Buffer.from([0xc0 | (byte >> 6), 0x80 | (byte & 0x3f)]),
    bytes.subarray(at + 1),
  ]);
};

const recode: ByteMutation = (random, bytes) => {
  const text = bytes.toString('utf8');
  switch (random.below(5)) {
    case 0:
      return Buffer.from(text, 'utf16le');
    case 1:
      return Buffer.from(text, 'utf16le').swap16();
    case 2:
      return Buffer.from(`\ufeff${text}`, 'utf16le');
    case 3:
      return Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes]);
    default:
      return Buffer.from(text, 'latin1');
  }
};

/** Changes to the bytes of a line. */
export const BYTE_MUTATIONS: readonly ByteMutation[] = [flip, flip, overwrite, odd, odd, overlong, recode];
