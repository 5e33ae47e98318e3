import { expect, test } from 'vitest';
import { StringScanner } from '../../src/jsonrpc/scan-string.js';

const strings = new StringScanner();

/** What one careful look at each byte finds; escapes are two bytes here. */
function expectedEnd(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number;
    if (byte === 0x22) return at + 1;
    if (byte < 0x20) return -at - 1;
    if (byte === 0x5c) at++;
  }
  return -end - 1;
}

/** A view at `alignment` that holds `length` plain bytes, a quote and more plain bytes. */
function view(alignment: number, length: number, fill: number): Buffer {
  const space = new Uint8Array(alignment + length + 12).fill(fill);
  const bytes = Buffer.from(space.buffer, alignment, length + 9);
  bytes[length] = 0x22;
  return bytes;
}

const STOPS = [[0x22], [0x00], [0x1f], [0x5c, 0x22], [0x5c, 0x6e]];

test('finds every stop at every alignment and offset', () => {
  for (const alignment of [0, 1, 2, 3]) {
    for (const fill of [0x61, 0x20, 0x21, 0x7f, 0x80, 0xff, 0x5b, 0x5d, 0x23]) {
      for (let length = 0; length <= 84; length += 7) {
        for (let place = 0; place < length - 1; place++) {
          for (const stop of STOPS) {
            const bytes = view(alignment, length, fill);
            bytes.set(stop, place);
            strings.open(bytes, bytes.length);
            const found = strings.scan(0);
            if (found !== expectedEnd(bytes, 0, bytes.length)) {
              expect({ alignment, fill, length, place, stop, found }).toBe('as expected');
            }
          }
        }
      }
    }
  }
});

test('does not read beyond the end, wherever it starts', () => {
  for (const alignment of [0, 1, 2, 3]) {
    for (let start = 0; start < 9; start++) {
      for (let end = start; end < start + 90; end++) {
        const bytes = view(alignment, 120, 0x61);
        strings.open(bytes, end);
        expect(strings.scan(start)).toBe(-end - 1);
      }
    }
  }
});

test('two strings of one buffer are read apart', () => {
  const bytes = Buffer.from(`"${'a'.repeat(50)}\\n" "${'b'.repeat(50)}"`);
  strings.open(bytes, bytes.length);
  const after = strings.scan(1);
  expect([after, strings.escaped]).toEqual([54, true]);
  expect([strings.scan(after + 2), strings.escaped]).toEqual([bytes.length, false]);
});

test.each([
  [String.raw`\"\\\/\b\f\n\r\t"`, true],
  [String.raw`\u0041\uabCD\uD800"`, true],
  [String.raw`\u004"`, false],
  [String.raw`\u00g0"`, false],
  [String.raw`\u"`, false],
  [String.raw`\U0041"`, false],
  [String.raw`\x41"`, false],
  [String.raw`\'"`, false],
  [String.raw`\0"`, false],
  ['\\', false],
  [String.raw`\u12`, false],
  [String.raw`abc`, false],
  ['é𝄞"', true],
])('%s is a string: %s', (text, expected) => {
  for (const padding of ['', 'a'.repeat(33), 'a'.repeat(70)]) {
    const bytes = Buffer.from(padding + text);
    strings.open(bytes, bytes.length);
    expect(strings.scan(0) === bytes.length).toBe(expected);
  }
});
