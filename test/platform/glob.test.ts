import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileGlob } from '../../src/platform/glob.js';
import { verifies } from '../requirements.js';

verifies('policy:glob:any-character');

/** A glob by definition: every way to split is tried. Only for short texts. */
function naive(pattern: readonly string[], text: readonly string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return text.length === 0;
  if (first === '*') return naive(rest, text) || (text.length > 0 && naive(pattern, text.slice(1)));
  if (text.length === 0) return false;
  return (first === '?' || first === text[0]) && naive(rest, text.slice(1));
}

describe('globs over names', () => {
  test.each([
    ['read_*', 'read_file', true],
    ['read_*', 'read_', true],
    ['read_*', 'xread_file', false],
    ['*', '', true],
    ['delete_*', 'delete_a/b', true],
    ['delete_*', 'delete_.x', true],
    ['*delete*', '.delete', true],
    ['read_*', 'read_file\ndelete_file', true],
    ['read_file', 'read_file\n', false],
    ['Read_*', 'read_x', false],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['a?c', 'a😀c', true],
    ['*?', '😀', true],
    ['?*?', '😀', false],
    [String.raw`a\*c`, 'a*c', true],
    [String.raw`a\*c`, 'abc', false],
    [String.raw`a\?c`, 'abc', false],
    [String.raw`a\\c`, String.raw`a\c`, true],
    [String.raw`a\bc`, String.raw`a\bc`, true],
    ['ab*ab', 'ab', false],
    ['ab*ab', 'abab', true],
    ['*a*b', 'abab', true],
    ['*ab*b', 'ab', false],
    ['{a,b}', 'a', false],
    ['[ab]', '[ab]', true],
    ['!a', 'b', false],
  ])('%s on %j: %s', (pattern, text, expected) => {
    expect(compileGlob(pattern).matches(text)).toBe(expected);
  });

  test('agree with the definition', () => {
    const unit = fc.constantFrom('a', 'b', '*', '?', '/', '😀');
    fc.assert(
      fc.property(
        fc.array(unit, { minLength: 1, maxLength: 8 }),
        fc.array(fc.constantFrom('a', 'b', '/', '😀'), { maxLength: 9 }),
        (pattern, text) => {
          expect(compileGlob(pattern.join('')).matches(text.join(''))).toBe(naive(pattern, text));
        },
      ),
      { numRuns: 3000 },
    );
  });

  test.each(['', 'x'.repeat(1025), `*${'a?'.repeat(40)}*`])('refuses %.20j', (pattern) => {
    expect(() => compileGlob(pattern)).toThrow(/pattern|stretch/);
  });

  test('patterns that make backtracking matchers hang finish', () => {
    const text = 'a'.repeat(65_536);
    expect(compileGlob('*a*a*a*a*a*a*a*a*b').matches(text)).toBe(false);
    expect(compileGlob(`${'a*'.repeat(500)}b`).matches(text)).toBe(false);
    expect(compileGlob(`*${'a?'.repeat(31)}b*`.repeat(15)).matches(text)).toBe(false);
  });
});
