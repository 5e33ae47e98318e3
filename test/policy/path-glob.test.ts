import * as fc from 'fast-check';
import picomatch from 'picomatch';
import { describe, expect, test } from 'vitest';
import { compilePathGlob, judgePathGlob } from '../../src/policy/path-glob.js';
import { isUnknown } from '../../src/policy/truth.js';

function matches(pattern: string, path: string): unknown {
  const truth = judgePathGlob(
    compilePathGlob(pattern),
    path.split('/').filter((name) => name !== ''),
  );
  return isUnknown(truth) ? 'unknown' : truth;
}

describe('globs over paths', () => {
  test.each([
    ['/etc/**', '/etc/.shadow', true],
    ['/etc/**', '/etc', true],
    ['/etc/**', '/etc/a/b/c', true],
    ['/etc/**', '/etcetera', false],
    ['/etc/*', '/etc/a/b', false],
    ['/etc/**', '/etc/a\nb', true],
    ['**/.env', '/srv/app/.env', true],
    ['**/.env', '/.env', true],
    ['**/.env', '/srv/.env/x', false],
    ['**/.git/**', '/srv/.git/hooks/pre-commit', true],
    ['**/*.{pem,key}', '/a/b/id.pem', true],
    ['**/*.{pem,key}', '/a/b/id.pub', false],
    ['/a/[bc]/d', '/a/b/d', true],
    ['/a/[!bc]/d', '/a/b/d', false],
    ['/a/?/d', '/a/b/d', true],
    ['**/a/**/b/**/c', '/a/x/b/y/z/c', true],
    ['**/a/**/b/**/c', '/a/x/b/y/z/d', false],
    [String.raw`/a/\*`, '/a/*', true],
    [String.raw`/a/\*`, '/a/b', false],
    ['/a**b', '/axyb', true],
  ])('%s on %s: %s', (pattern, path, expected) => {
    expect(matches(pattern, path)).toBe(expected);
  });

  test.each([
    '',
    'x'.repeat(1025),
    '/a/+(a|aa)+(b)',
    '/a/{a,b',
    '/a/b}',
    '/a/{a,{b,c}}',
    '/a/{}',
    '/a/{1..9}',
    '/a/[ab',
    '/a/{a/b,c}',
    '/a/[a]*b*c*d',
    `/a/${'{a,b}'.repeat(7)}`,
    `/a/[${'a'.repeat(200)}]`,
    '/a/[ab]+',
    '/a/*/../b',
  ])('refuses %.40j', (pattern) => {
    expect(() => compilePathGlob(pattern)).toThrow();
  });

  test('a name too long for braces is unknown, not a guess', () => {
    expect(matches('/a/{b,c}*', `/a/${'x'.repeat(256)}`)).toBe('unknown');
  });

  test('agree with picomatch where that cannot hang', () => {
    const part = fc.constantFrom('**', '*', 'a', 'b*', '?', '.a', '{a,b}', '[ab]x', '*.{a,b}');
    const name = fc.constantFrom('a', 'b', '.a', 'bx', 'ax', 'b.a', 'x');
    fc.assert(
      fc.property(
        fc.array(part, { minLength: 1, maxLength: 4 }),
        fc.array(name, { minLength: 1, maxLength: 5 }),
        (parts, names) => {
          // A final ** is left out: picomatch lets it match nothing after `a`, but not after `a*`.
          const pattern = `${parts.join('/')}/a`;
          const path = `${names.join('/')}/a`;
          expect([pattern, path, matches(pattern, path)]).toEqual([
            pattern,
            path,
            picomatch(pattern, { dot: true, windows: false })(path),
          ]);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('many double stars and long paths finish', () => {
    const path = `/${'a/'.repeat(2000)}a`;
    expect(matches(`${'**/a/'.repeat(100)}b`, path)).toBe(false);
    expect(matches(`**/${'*a*a*b/**/'.repeat(80)}x`, path)).toBe(false);
  });
});
