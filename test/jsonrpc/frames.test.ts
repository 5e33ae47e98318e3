import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type FrameSink, FrameSplitter } from '../../src/jsonrpc/frames.js';

interface Seen {
  /** Frames as `content|ending`; oversized ones as `!size:head:tail`. */
  readonly frames: string[];
  readonly remainder: string;
}

/** What a splitter finds when the bytes come in these chunks. */
function split(chunks: readonly Buffer[], bytesMax: number): Seen {
  const frames: string[] = [];
  const sink: FrameSink = {
    frame(bytes, start, end, next) {
      frames.push(`${bytes.toString('latin1', start, end)}|${bytes.toString('latin1', end, next)}`);
    },
    oversized(size, head, tail) {
      frames.push(`!${size}:${head.toString('latin1')}:${tail.toString('latin1')}`);
    },
  };
  const splitter = new FrameSplitter(bytesMax, sink);
  for (const chunk of chunks) splitter.push(chunk);
  return { frames, remainder: splitter.remainder().toString('latin1') };
}

function check(text: string, expected: readonly string[], bytesMax = 100): void {
  const bytes = Buffer.from(text, 'latin1');
  expect(split([bytes], bytesMax).frames).toEqual(expected);
  // One byte at a time finds the same.
  const single = Array.from(bytes, (byte) => Buffer.from([byte]));
  expect(split(single, bytesMax).frames).toEqual(expected);
}

/** The bytes cut at these places. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const sorted = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...sorted].map((start, index) => bytes.subarray(start, sorted[index] ?? bytes.length));
}

describe('where frames end', () => {
  test.each<[string, string[]]>([
    ['{}\n', ['{}|\n']],
    ['{}\r\n', ['{}|\r\n']],
    ['{}\r\r\n', ['{}\r|\r\n']],
    ['\n\r\n\n', ['|\n', '|\r\n', '|\n']],
    ['a\rb\n', ['a\rb|\n']],
    ['a\u000bb\u000cc\u0085d\u001ee\n', ['a\u000bb\u000cc\u0085d\u001ee|\n']],
    ['\xe2\x80\xa8\n', ['\xe2\x80\xa8|\n']],
    ['a\nb', ['a|\n']],
    ['', []],
  ])('%j', (text, expected) => {
    check(text, expected);
  });
});

describe('the bound', () => {
  test.each<[string, string[]]>([
    [`${'a'.repeat(10)}\n`, [`${'a'.repeat(10)}|\n`]],
    [`${'a'.repeat(9)}\r\n`, [`${'a'.repeat(9)}|\r\n`]],
    [`${'a'.repeat(11)}\n`, [`!11:${'a'.repeat(11)}:${'a'.repeat(11)}`]],
    [`${'a'.repeat(30)}{"b":1}\n{}\n`, [`!37:${'a'.repeat(30)}{"b":1}:${'a'.repeat(30)}{"b":1}`, '{}|\n']],
  ])('%j', (text, expected) => {
    check(text, expected, 10);
  });

  test('an oversized frame keeps its ends only, and its tail is never a message', () => {
    const line = `{"id":1,${'x'.repeat(20_000)},"id":2}`;
    const expected = [`!${line.length}:${line.slice(0, 4096)}:${line.slice(-4096)}`, '{"next":1}|\n'];
    const bytes = Buffer.from(`${line}\n{"next":1}\n`);
    expect(split([bytes], 5000).frames).toEqual(expected);
    for (const size of [1, 7, 4096, 5000, 5001, 19_999]) {
      const places = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => index * size);
      expect(split(cut(bytes, places), 5000).frames).toEqual(expected);
    }
  });
});

test('any chunking gives the same frames and the same remainder', () => {
  const piece = fc.constantFrom('{"a":1}', '\n', '\r', '\r\n', 'x', 'é', '\u2028', '123456789012', ' ');
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 30 }),
      fc.array(fc.nat({ max: 400 }), { maxLength: 12 }),
      fc.integer({ min: 0, max: 25 }),
      (pieces, places, bytesMax) => {
        const bytes = Buffer.from(pieces.join(''));
        const whole = split([bytes], bytesMax);
        const parts = split(cut(bytes, places), bytesMax);
        expect(parts.frames).toEqual(whole.frames);
        expect(parts.remainder).toBe(whole.remainder);
      },
    ),
    { numRuns: 3000 },
  );
});

test('nothing is lost: frames, endings and remainder are the bytes', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', '\n', '\r', 'bc'), { maxLength: 40 }), (pieces) => {
      const text = pieces.join('');
      const { frames, remainder } = split([Buffer.from(text)], 1000);
      expect(frames.map((frame) => frame.replace('|', '')).join('') + remainder).toBe(text);
    }),
  );
});

test('memory stays bounded while a line without an end comes in', () => {
  const splitter = new FrameSplitter(1024 * 1024, { frame: () => undefined, oversized: () => undefined });
  const chunk = Buffer.alloc(64 * 1024, 0x61);
  const before = process.memoryUsage();
  for (let index = 0; index < 8192; index++) splitter.push(Buffer.from(chunk));
  const after = process.memoryUsage();
  // 512 MiB came in; what is kept is two remnants.
  expect(splitter.remainder().length).toBe(4096);
  expect(after.rss - before.rss).toBeLessThan(200 * 1024 * 1024);
});

test('single bytes do not pile up as buffers of their own', () => {
  let frame = '';
  const splitter = new FrameSplitter(1024 * 1024, {
    frame: (bytes, start, end) => (frame = bytes.toString('latin1', start, end)),
    oversized: () => undefined,
  });
  const text = Array.from({ length: 5000 }, (_, index) => String(index % 10)).join('');
  for (const character of text) splitter.push(Buffer.from(character));
  splitter.push(Buffer.from('\n'));
  expect(frame).toBe(text);
});

test.each<[string, readonly string[], readonly boolean[]]>([
  ['a read of ASCII alone', ['a\nb\n'], [true, true]],
  ['a read with one other byte', ['a\né\nb\n'], [false, false, false]],
  ['another byte behind the last line feed', ['a\né', '\n'], [false, false]],
  ['a frame of two reads', ['a', 'b\nc\n'], [false, true]],
  ['a frame that begins with another byte', ['é', 'b\nc\n'], [false, true]],
])('frames are called ASCII only where all of them is: %s', (_what, chunks, expected) => {
  const seen: boolean[] = [];
  const splitter = new FrameSplitter(100, {
    frame: (_bytes, _start, _end, _next, ascii) => void seen.push(ascii),
    oversized: () => undefined,
  });
  for (const chunk of chunks) splitter.push(Buffer.from(chunk));
  expect(seen).toEqual(expected);
});
