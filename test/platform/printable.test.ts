import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { escapeHostile, printable } from '../../src/platform/printable.js';

/** What no terminal may ever get: controls, formats without a picture, separators, surrogates. */
const HIDDEN = /\p{Cc}|\p{Default_Ignorable_Code_Point}|\p{Bidi_Control}|\p{Zl}|\p{Zp}|\p{Surrogate}/u;

function codePoint(hex: string): string {
  return String.fromCodePoint(Number.parseInt(hex, 16));
}

describe('hostile characters become visible escapes', () => {
  test.each([
    ['NUL', '0000'],
    ['bell', '0007'],
    ['backspace', '0008'],
    ['vertical tab', '000b'],
    ['form feed', '000c'],
    ['escape', '001b'],
    ['delete', '007f'],
    ['next line', '0085'],
    ['C1 CSI', '009b'],
    ['C1 OSC', '009d'],
    ['soft hyphen', '00ad'],
    ['grapheme joiner', '034f'],
    ['Arabic letter mark', '061c'],
    ['Hangul filler', '115f'],
    ['Khmer inherent vowel', '17b4'],
    ['Mongolian separator', '180e'],
    ['zero width space', '200b'],
    ['zero width non-joiner', '200c'],
    ['zero width joiner', '200d'],
    ['left-to-right mark', '200e'],
    ['right-to-left mark', '200f'],
    ['line separator', '2028'],
    ['paragraph separator', '2029'],
    ['right-to-left embedding', '202b'],
    ['right-to-left override', '202e'],
    ['word joiner', '2060'],
    ['invisible times', '2062'],
    ['first strong isolate', '2068'],
    ['pop isolate', '2069'],
    ['Hangul filler', '3164'],
    ['variation selector', 'fe0f'],
    ['byte order mark', 'feff'],
    ['halfwidth filler', 'ffa0'],
    ['interlinear anchor', 'fff9'],
    ['hieroglyph control', '13430'],
    ['shorthand control', '1bca0'],
    ['music control', '1d173'],
    ['language tag', 'e0001'],
    ['tag letter', 'e0041'],
    ['supplementary variation selector', 'e0100'],
    ['lone high surrogate', 'd83d'],
    ['lone low surrogate', 'de00'],
  ])('%s (U+%s)', (_name, hex) => {
    expect(printable(`a${codePoint(hex)}b`)).toBe(`a\\u{${hex}}b`);
  });

  test.each([
    ['a\nb', String.raw`a\nb`],
    ['a\r\nb', String.raw`a\r\nb`],
    ['a\tb', String.raw`a\tb`],
    ['\u001b[2J', String.raw`\u{001b}[2J`],
    ['\u001b]8;;http://x\u0007y', String.raw`\u{001b}]8;;http://x\u{0007}y`],
    ['\u001bP+q\u001b\\', String.raw`\u{001b}P+q\u{001b}` + '\\'],
    ['100\r  1', String.raw`100\r  1`],
  ])('%j is shown as %s', (text, expected) => {
    expect(printable(text)).toBe(expected);
  });
});

test('plain text of any script is unchanged', () => {
  for (const text of [
    '',
    'plain',
    'Zażółć',
    'Привет',
    '你好',
    'مرحبا',
    'שלום',
    'नमस्ते',
    '👍🏽',
    '∀x',
    'a\\nb',
    '\u00a0',
  ]) {
    expect(printable(text)).toBe(text);
  }
});

test('whatever comes in, nothing hidden goes out', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 30 }), (text, charsMax) => {
      expect(HIDDEN.test(printable(text))).toBe(false);
      expect(HIDDEN.test(printable(text, charsMax))).toBe(false);
    }),
    { numRuns: 2000 },
  );
  for (let code = 0; code <= 0x10ffff; code++) {
    if (HIDDEN.test(printable(String.fromCodePoint(code)))) expect(code.toString(16)).toBe('escaped');
  }
});

test('a long text is cut with a mark that says how much is missing', () => {
  expect(printable('abcdef', 6)).toBe('abcdef');
  expect(printable('abcdefg', 6)).toBe('abcdef…(+1 chars)');
  expect(printable('a😀', 2)).toBe(String.raw`a\u{d83d}…(+1 chars)`);
});

test('another escape can be put in the place of ours', () => {
  expect(escapeHostile('a\u200bb\n', (character) => `<${character.length}>`)).toBe('a<1>b<1>');
});
