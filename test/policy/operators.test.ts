import { describe, expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../../src/platform/json.js';
import type { ConditionSource } from '../../src/policy/source.js';
import { callWith, deny, allow, decide, layer } from './support.js';
import { verifies } from '../requirements.js';

verifies('policy:numbers:decimal', 'policy:type-juggling');

type Word = 'yes' | 'no' | '?';

/** The truth of a condition, read off from outside: unknown is what denies and does not allow. */
function truthOf(condition: ConditionSource, input: JsonObject, path = '$.x'): Word {
  const match = { input: { [path]: condition } };
  const denied = decide([layer([deny(match)])], callWith(input)).startsWith('deny by no');
  const allowed = decide(
    [layer([allow(match)], { policy: { default: 'deny' } })],
    callWith(input),
  ).startsWith('allow');
  if (denied === allowed) return denied ? 'yes' : 'no';
  if (allowed) throw new Error('a condition counted as met where it allows and not where it denies');
  return '?';
}

const VALUES: readonly (readonly [string, JsonObject])[] = [
  ['absent', {}],
  ['null', { x: null }],
  ['true', { x: true }],
  ['5', { x: 5 }],
  ['5.5', { x: 5.5 }],
  ['"5"', { x: '5' }],
  ['"abc"', { x: 'abc' }],
  ['"/srv/site/a"', { x: '/srv/site/a' }],
  ['"https://a.b/c"', { x: 'https://a.b/c' }],
  ['[5,"abc"]', { x: [5, 'abc'] }],
  ['{"a":1}', { x: { a: 1 } }],
];

/** One row per operator; one letter per value above: y met, n not met, ? unknown. */
const TABLE: readonly (readonly [ConditionSource, string])[] = [
  [{ eq: 5 }, 'nnnyn?nnnnn'],
  [{ eq: '5' }, 'nnn?nynnnnn'],
  [{ eq: null }, 'nynnnnnnnnn'],
  [{ eq: true }, 'nnynnnnnnnn'],
  [{ eq: [5, 'abc'] }, 'nnnnnnnnnyn'],
  [{ eq: { a: 1 } }, 'nnnnnnnnnny'],
  [{ neq: 5 }, 'yyyny?yyyyy'],
  [{ in: [5, 'abc'] }, 'nnnyn?ynnnn'],
  [{ gt: 5 }, '???ny??????'],
  [{ gte: '5.0' }, '???yy??????'],
  [{ lt: '5.25' }, '???yn??????'],
  [{ lte: 5 }, '???yn??????'],
  [{ glob: '*b*' }, 'n????nyny??'],
  [{ regex: '^[a-c]+$' }, 'n????nynn??'],
  [{ contains: 'abc' }, 'n????nynny?'],
  [{ contains: 5 }, 'n????????y?'],
  [{ starts_with: ['a', '/'] }, 'n????nyyn??'],
  [{ ends_with: 'c' }, 'n????nyny??'],
  [{ exists: true }, 'nyyyyyyyyyy'],
  [{ exists: false }, 'ynnnnnnnnnn'],
  [{ type: 'string' }, 'nnnnnyyyynn'],
  [{ type: ['integer', 'null'] }, 'nynynnnnnnn'],
  [{ type: 'number' }, 'nnnyynnnnnn'],
  [{ type: ['object', 'array'] }, 'nnnnnnnnnyy'],
  [{ type: 'boolean' }, 'nnynnnnnnnn'],
  [{ path_within: '.' }, '?????yyyy??'],
  [{ path_within: '/srv/site/a' }, '?????nnyn??'],
  [{ path: '/srv/site/*' }, '?????yyyn??'],
  [{ host: '*.b' }, '????????y??'],
  [{ not: { eq: 5 } }, 'yyyny?yyyyy'],
  [{ not: { gt: 5 } }, '???yn??????'],
  [{ any: [{ eq: 5 }, { glob: 'a*' }] }, 'n??y??ynn??'],
  [{ type: 'number', gt: 5 }, 'nnnnynnnnnn'],
];

describe('every operator on every type of value', () => {
  test.each(TABLE)('%j', (condition, expected) => {
    const words = VALUES.map(([, input]) => truthOf(condition, input));
    const shown = VALUES.map(([name], index) => `${name}: ${words[index]}`);
    const wanted = VALUES.map(([name], index) => {
      const letter = expected.charAt(index);
      return `${name}: ${letter === 'y' ? 'yes' : letter === 'n' ? 'no' : '?'}`;
    });
    expect(shown).toEqual(wanted);
  });
});

describe('values that readers take differently', () => {
  test.each<readonly [ConditionSource, JsonValue, Word]>([
    [{ eq: true }, 'yes', '?'],
    [{ eq: true }, 'TRUE', '?'],
    [{ eq: true }, 1, '?'],
    [{ eq: false }, '0', '?'],
    [{ eq: true }, 'no', 'no'],
    [{ eq: 100 }, '100.0', '?'],
    [{ eq: 100 }, ' 1e2 ', '?'],
    [{ eq: 'null' }, null, '?'],
    [{ eq: ['5'] }, [5], '?'],
    [{ eq: 'a' }, ['a'], '?'],
    [{ eq: 'a' }, [['a']], '?'],
    [{ eq: ['a'] }, 'a', '?'],
    [{ eq: 'a' }, ['a', 'b'], 'no'],
    [{ eq: 'a' }, [], 'no'],
    [{ eq: { a: '1' } }, { a: 1 }, '?'],
    [{ eq: { a: 1, b: 2 } }, { b: 2, a: 1 }, 'yes'],
    [{ eq: { a: 1 } }, { a: 1, b: 2 }, 'no'],
    [{ eq: { ['__proto__x']: 1 } }, { a: 1 }, 'no'],
    [{ in: ['x', '5'] }, 5, '?'],
    [{ contains: '5' }, [5], '?'],
    [{ gt: '0.10' }, 0.1, 'no'],
    [{ gte: '0.10' }, 0.1, 'yes'],
    [{ gt: '0.1000000000000000055' }, 0.1, 'no'],
    [{ lt: '0.1000000000000000055' }, 0.1, 'yes'],
    [{ gt: '9007199254740993' }, 9_007_199_254_740_992, '?'],
    [{ gt: '9007199254740993' }, 9_007_199_254_740_990, 'no'],
    [{ gt: 1 }, Number.POSITIVE_INFINITY, 'yes'],
    [{ gt: '1e400' }, Number.POSITIVE_INFINITY, '?'],
    [{ eq: 9_007_199_254_740_992 }, 9_007_199_254_740_992, '?'],
    [{ lt: 0 }, -0, 'no'],
    [{ glob: '*' }, 'x'.repeat(70_000), '?'],
    [{ regex: 'x' }, 'x'.repeat(17_000), '?'],
    [{ regex: '(a+)+$' }, `${'a'.repeat(5000)}b`, 'no'],
  ])('%j on %.40j: %s', (condition, value, expected) => {
    expect(truthOf(condition, { x: value })).toBe(expected);
  });
});

describe('paths', () => {
  test.each<readonly [ConditionSource, string, Word]>([
    [{ path_within: './' }, 'a/b', 'yes'],
    [{ path_within: './' }, '../x', 'no'],
    [{ path_within: './' }, '/srv/site-old/x', 'no'],
    [{ path_within: './' }, '/srv/site', 'yes'],
    [{ path_within: './' }, 'a/../../../etc/passwd', 'no'],
    [{ path_within: './' }, 'out/passwd', 'no'],
    [{ path_within: '/etc' }, 'out/passwd', 'yes'],
    [{ path_within: '~/docs' }, '~/docs/a', 'yes'],
    [{ path_within: '~/docs' }, '/home/ada/docs/a', 'yes'],
    [{ path_within: ['/a', '/b'] }, '/b/c', 'yes'],
    [{ path_within: '/' }, '/etc', 'yes'],
    [{ path_within: '/etc' }, 'file:///etc/%70asswd', 'yes'],
    [{ path_within: '/etc' }, 'file:///etc/passwd', 'yes'],
    [{ path_within: '/etc' }, 'FILE:/etc/passwd', 'yes'],
    [{ path_within: '/etc' }, 'file://localhost/etc/passwd', 'yes'],
    [{ path_within: '/etc' }, 'file:///a/%2e%2e/etc/passwd', '?'],
    [{ path_within: '/etc' }, 'file://other/etc/passwd', '?'],
    [{ path_within: '/etc' }, 'file:///etc/%zz', '?'],
    [{ path_within: '/etc' }, '/etc/a\0b', '?'],
    [{ path_within: '/etc' }, `/etc/${'x'.repeat(5000)}`, '?'],
    [{ path: '**/.env' }, 'app/.env', 'yes'],
    [{ path: '**/.env' }, 'app/.env/../x', 'no'],
    [{ path: 'src/**' }, 'src/a/b.ts', 'yes'],
    [{ path: 'src/**' }, '/srv/site/src/a', 'yes'],
    [{ path: 'src/**' }, '/elsewhere/src/a', 'no'],
    [{ path: './src/*.ts' }, 'src/a.ts', 'yes'],
    [{ path: 'out/**' }, 'out/passwd', 'yes'],
    [{ path: '/etc/**' }, 'out/passwd', '?'],
    [{ path: '/tmp/**' }, '/tmp/x', 'yes'],
    [{ path: '~/.ssh/**' }, '~/.ssh/id', 'yes'],
    [{ path: '~/.ssh/**' }, '/home/ada/.ssh/id', 'yes'],
    [{ path: '/etc/passwd' }, '//etc/./passwd', 'yes'],
  ])('%j on %.40j: %s', (condition, value, expected) => {
    expect(truthOf(condition, { x: value })).toBe(expected);
  });
});

describe('hosts', () => {
  test.each<readonly [string, Word]>([
    ['https://api.Example.com/x', 'yes'],
    ['https://api.example.com:8443/x', 'yes'],
    ['https://api.example.com./x', 'yes'],
    ['https://user:pw@api.example.com/', 'yes'],
    ['https://api.example.com@evil.test/', 'no'],
    ['https://evil.test/api.example.com', 'no'],
    ['https://evil.test/?a=@api.example.com', 'no'],
    ['https://evil.test?@api.example.com', '?'],
    [String.raw`https://evil.test\@api.example.com`, '?'],
    ['https:evil.test', '?'],
    ['https:///evil.test', '?'],
    ['//api.example.com/x', '?'],
    ['api.example.com', '?'],
    ['https://api.example.com\n.evil.test', '?'],
    ['mailto:a@api.example.com', '?'],
    ['file:///etc', '?'],
  ])('*.example.com on %j: %s', (value, expected) => {
    expect(truthOf({ host: '*.Example.com' }, { x: value })).toBe(expected);
  });
});
