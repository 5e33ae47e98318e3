import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createKeyReader, type Key } from '../../src/tui/key-reader.js';
import { KEY_SEQUENCE_CHARS_MAX, KEY_SEQUENCE_MS } from '../../src/platform/bounds.js';
import { verifies } from '../requirements.js';
import { FakeClock } from './fake-board.js';

verifies('tui:keys:terminal-answers');

function keysOf(...chunks: string[]): Key[] {
  const reader = createKeyReader(new FakeClock());
  return chunks.flatMap((chunk) => reader.push(chunk));
}

const character = (text: string): Key => ({ kind: 'character', text });
const named = (name: string): Key => ({ kind: 'named', name }) as Key;

describe('keys', () => {
  test.each<[string, string, Key]>([
    ['a letter', 'a', character('a')],
    ['a letter of another script', 'ж', character('ж')],
    ['an emoji', '\u{1f600}', character('\u{1f600}')],
    ['up', '\u001b[A', named('up')],
    ['down in application mode', '\u001bOB', named('down')],
    ['page down', '\u001b[6~', named('page-down')],
    ['Enter', '\r', named('enter')],
    ['backspace', '\u007f', named('backspace')],
    ['Escape', '\u001b', named('escape')],
    ['Ctrl-C', '\u0003', named('interrupt')],
  ])('%s', (_what, chunk, expected) => {
    expect(keysOf(chunk)).toEqual([expected]);
  });

  test('Escape twice is Escape twice', () => {
    expect(keysOf('\u001b', '\u001b')).toEqual([named('escape'), named('escape')]);
  });

  test('arrows that come together are all there', () => {
    expect(keysOf('\u001b[A\u001b[A\u001b[B')).toEqual([named('up'), named('up'), named('down')]);
  });
});

/** What terminals send by themselves; each holds letters that are commands. */
const ANSWERS: readonly (readonly [string, string])[] = [
  ['device attributes', '\u001b[?62;1;2;4;22c'],
  ['secondary attributes', '\u001b[>41;380;0c'],
  ['the cursor’s place', '\u001b[12;40R'],
  ['a background color, BEL', '\u001b]11;rgb:dada/aaaa/dddd\u0007'],
  ['a background color, ST', '\u001b]11;rgb:dada/aaaa/dddd\u001b\\'],
  ['a clipboard', '\u001b]52;c;YWFhYWE=\u0007'],
  ['a version, DCS', '\u001bP>|xterm(388) a d a\u001b\\'],
  ['a setting, DCS', '\u001bP1$r0 q\u001b\\'],
  ['an application’s string', '\u001b_Ga=d;aaaa\u001b\\'],
  ['a privacy message', '\u001b^aaa\u001b\\'],
  ['a color in C1 form', '\u009d11;rgb:aa\u009c'],
  ['a mode report', '\u001b[?2026;2$y'],
  ['focus', '\u001b[I\u001b[O'],
  ['an old mouse report', '\u001b[Maad'],
  ['a new mouse report', '\u001b[<0;10;10M'],
  ['an unknown sequence', '\u001b[99;97u'],
  ['Alt and a letter', '\u001ba'],
];

describe('what a terminal answers is no key', () => {
  test.each(ANSWERS)('%s', (_what, answer) => {
    expect(keysOf(answer)).toEqual([]);
  });

  test.each(ANSWERS)('%s, however it is cut, is never a command', (_what, answer) => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: answer.length }), { maxLength: 6 }), (places) => {
        const cuts = [...new Set([0, ...places, answer.length])].toSorted((one, other) => one - other);
        const chunks = cuts.slice(1).map((end, index) => answer.slice(cuts[index], end));
        const keys = keysOf(...chunks);
        // An escape character at the end of a piece may be the Escape key, which answers nothing.
        expect(keys.filter((key) => !(key.kind === 'named' && key.name === 'escape'))).toEqual([]);
      }),
    );
  });

  test('after an answer keys are keys again', () => {
    for (const [, answer] of ANSWERS) expect(keysOf(answer, 'a').at(-1)).toEqual(character('a'));
  });

  test('a string that never ends swallows a bounded number of characters', () => {
    const reader = createKeyReader(new FakeClock());
    reader.push(`\u001b]11;${'a'.repeat(KEY_SEQUENCE_CHARS_MAX)}`);
    expect(reader.push('a')).toEqual([character('a')]);
  });

  test('a sequence that was left open long ago was none', () => {
    const clock = new FakeClock();
    const reader = createKeyReader(clock);
    expect(reader.push('\u001b]11;rgb')).toEqual([]);
    clock.nowMs += KEY_SEQUENCE_MS + 1;
    expect(reader.push('a')).toEqual([character('a')]);
  });

  test('Ctrl-C gets out of everything', () => {
    expect(keysOf('\u001b]11;', '\u0003')).toEqual([named('interrupt')]);
  });
});

describe('text that comes in one piece', () => {
  test('is never a command', () => {
    expect(keysOf('aaa')).toEqual([{ kind: 'text', text: 'aaa' }]);
    expect(keysOf('d\r')).toEqual([{ kind: 'text', text: 'd' }]);
  });

  test('a paste is one text, also in pieces, and holds no Enter', () => {
    expect(keysOf('\u001b[200~a\u001b[201~')).toEqual([{ kind: 'text', text: 'a' }]);
    expect(keysOf('\u001b[200~a', '\r', 'd\u001b[2', '01~', 'x')).toEqual([
      { kind: 'text', text: 'a d' },
      character('x'),
    ]);
  });

  test('a paste without an end holds a bounded text and ends when it ends', () => {
    const reader = createKeyReader(new FakeClock());
    for (let count = 0; count < 10; count += 1)
      expect(reader.push(`\u001b[200~${'a'.repeat(2000)}`)).toEqual([]);
    const [key] = reader.push('\u001b[201~');
    expect(key?.kind === 'text' && key.text.length).toBeLessThanOrEqual(KEY_SEQUENCE_CHARS_MAX + 8);
  });
});
