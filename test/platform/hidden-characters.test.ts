import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  hiddenIn,
  revealed,
  revealedJson,
  revealedJsonPieces,
  revealedPieces,
} from '../../src/platform/hidden-characters.js';
import { verifies } from '../requirements.js';

verifies('tui:hidden:visible');

describe('what could not be seen becomes visible', () => {
  test.each<[string, string, string]>([
    ['an escape sequence', 'a\u001b[2Jb', String.raw`a\u{001b}[2Jb`],
    ['a C1 sequence', 'a\u009b2Jb', String.raw`a\u{009b}2Jb`],
    ['a right-to-left override', 'file\u202etxt.exe', String.raw`file\u{202e}txt.exe`],
    ['an isolate', 'a\u2067b\u2069', String.raw`a\u{2067}b\u{2069}`],
    ['a tag', 'a\u{e0041}b', String.raw`a\u{e0041}b`],
    ['a zero-width space', 'rm\u200b-rf', String.raw`rm\u{200b}-rf`],
    ['a word of two alphabets', 'p\u0430ypal', String.raw`p\u{0430}ypal`],
    ['a Greek letter in a Latin word', 'g\u03bfogle', String.raw`g\u{03bf}ogle`],
    ['full-width letters', '\uff45vil', String.raw`\u{ff45}vil`],
    ['mathematical letters', '\u{1d41a}dmin', String.raw`\u{1d41a}dmin`],
    ['a slash that is none', 'a.example\u2215b', String.raw`a.example\u{2215}b`],
    ['a no-break space', 'a\u00a0b', String.raw`a\u{00a0}b`],
    ['an empty Braille pattern', 'a\u2800b', String.raw`a\u{2800}b`],
    ['a pile of accents', 'e\u0301\u0302\u0303\u0304', String.raw`e\u{0301}\u{0302}\u{0303}\u{0304}`],
  ])('%s', (_what, text, expected) => {
    expect(revealed(text)).toBe(expected);
    expect(hiddenIn(text)).not.toEqual([]);
  });

  test.each([
    ['plain text', 'hello, world'],
    ['Cyrillic', 'привет, мир'],
    ['Greek', 'γειά σου'],
    ['Japanese with Latin', 'ファイルtest.txtを書く'],
    ['Hebrew', 'שלום'],
    ['accents', 'café, ñandú'],
    ['several lines', 'one\ntwo\r\n\tthree'],
  ])('%s is left alone', (_what, text) => {
    expect(hiddenIn(text)).toEqual([]);
  });

  test('what holds an emoji together is shown and is no reason to warn', () => {
    expect(hiddenIn('\u{1f469}\u200d\u{1f4bb} \u2764\ufe0f')).toEqual([]);
  });

  test('a long run of blanks is told of', () => {
    expect(hiddenIn(`ls${' '.repeat(200)}; rm -rf /`)).toEqual(['a long run of blanks']);
    expect(hiddenIn(`ls${'\n'.repeat(60)}rm -rf /`)).toEqual(['a long run of blanks']);
  });

  test('inside JSON a value cannot end its own quotes, and a letter behind an escape is none of its word', () => {
    expect(revealedJson('a","b":"c')).toBe(String.raw`a\",\"b\":\"c`);
    expect(revealedJson('\nпривет')).toBe(String.raw`\nпривет`);
    expect(revealedJson(String.raw`\u{202e}`)).toBe(String.raw`\\u{202e}`);
  });
});

function joined(pieces: readonly { readonly text: string }[]): string {
  return pieces.map((piece) => piece.text).join('');
}

describe('in pieces', () => {
  const nasty = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc
      .array(
        fc.constantFrom(
          'a',
          'dm',
          '\u0430',
          '\u200b',
          '\u202e',
          '\0',
          '"',
          '\\',
          '\n',
          '\u00a0',
          '\u0301',
          '/',
          '\uff0f',
        ),
      )
      .map((parts) => parts.join('')),
  );

  test('they are the same text, with the escapes told apart', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        expect(joined(revealedPieces(text))).toBe(revealed(text));
        expect(joined(revealedJsonPieces(text))).toBe(revealedJson(text));
      }),
    );
  });

  test('a text that only looks like an escape is none', () => {
    expect(revealedPieces(String.raw`a\u{202e}`)).toEqual([{ text: String.raw`a\u{202e}`, isEscape: false }]);
    expect(revealedPieces('a\u202eb').map(({ isEscape }) => isEscape)).toEqual([false, true, false]);
  });
});
