import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/platform/json.js';
import { argumentPathText, parseArgumentPath } from '../../src/platform/argument-path.js';
import { Unclear, lookUp } from '../../src/policy/argument-path.js';
import { Judging } from '../../src/policy/judging.js';
import { callWith, ports } from './support.js';

function found(path: string, input: JsonObject): unknown {
  return lookUp(parseArgumentPath(path), new Judging(callWith(input), ports)).map((one) =>
    one instanceof Unclear ? '?' : one,
  );
}

const many = Object.fromEntries(Array.from({ length: 40 }, (_unused, index) => [`k${index}`, index]));

describe('argument paths', () => {
  test.each<readonly [string, string, readonly unknown[]]>([
    ['$', '{"a":1}', [{ a: 1 }]],
    ['$.a', '{"a":1}', [1]],
    ['$.a', '{"a":null}', [null]],
    ['$.a', '{}', [undefined]],
    ['$.a.b', '{"a":{"b":2}}', [2]],
    ['$.a.b', '{"a":"text"}', [undefined]],
    ['$.a[1]', '{"a":[1,2]}', [2]],
    ['$.a[5]', '{"a":[1,2]}', [undefined]],
    ['$.a[0]', '{"a":{"0":1}}', [undefined]],
    ['$.a.length', '{"a":[1,2]}', [undefined]],
    ['$["odd key"]', '{"odd key":1}', [1]],
    ['$["a\\u0062"]', '{"ab":1}', [1]],
    [`$['odd.key']`, '{"odd.key":1}', [1]],
    ['$.list[*].name', '{"list":[{"name":"a"},{},{"name":"b"}]}', ['a', undefined, 'b']],
    ['$.list[*]', '{"list":[]}', []],
    ['$.list[*]', '{}', [undefined]],
    ['$.list[*]', '{"list":null}', [undefined]],
    ['$.list[*]', '{"list":"a"}', ['?']],
    ['$.list[*]', '{"list":{"0":1}}', ['?']],
    ['$.a[*].b[*]', '{"a":[{"b":[1,2]},{"b":[]},{"b":[3]}]}', [1, 2, 3]],
    ['$.__proto__', '{}', [undefined]],
    ['$.__proto__', '{"__proto__":7}', [7]],
    ['$.constructor.name', '{}', [undefined]],
    ['$.toString', '{"a":1}', [undefined]],
    ['$.amount', '{"Amount":1}', ['?']],
    ['$.amount', '{"amount":1,"AMOUNT":2}', ['?']],
    ['$.params', '{"param\\u017f":1}', ['?']],
    ['$.key', '{"\\u212aey":1}', ['?']],
    ['$.amount', '{"amount\\u0000x":1}', ['?']],
    ['$.Amount', '{"amount":1}', ['?']],
    ['$.list[*].name', '{"list":[{"Name":"a"},{"name":"b"}]}', ['?', 'b']],
  ])('%s in %s', (path, text, expected) => {
    expect(found(path, JSON.parse(text) as JsonObject)).toEqual(expected);
  });

  test('large objects are searched for twins too', () => {
    expect(found('$.k1', { ...many, K1: 2 })).toEqual(['?']);
    expect(found('$.k1', many)).toEqual([1]);
    expect(found('$.K1', many)).toEqual(['?']);
    expect(found('$.none', many)).toEqual([undefined]);
  });

  test('an object is plain for one key and not for another', () => {
    const judging = new Judging(callWith({ a: 1, b: 2 }), ports);
    const read = (path: string): unknown => lookUp(parseArgumentPath(path), judging)[0];
    expect(read('$.a')).toBe(1);
    expect(read('$.A')).toBeInstanceOf(Unclear);
    expect(read('$.b')).toBe(2);
  });

  test.each([
    '',
    'a',
    'a.b',
    '$a',
    '$.',
    '$..a',
    '$.a.',
    '$.a[',
    '$.a[-1]',
    '$.a[x]',
    '$.a[1.5]',
    '$.a b',
    '$["a]',
    String.raw`$["\x"]`,
    '$.*',
    `$.${'a'.repeat(1100)}`,
  ])('refuses %.20j', (text) => {
    expect(() => parseArgumentPath(text)).toThrow(/argument path|quoted key/);
  });
});

describe('the path that leads to a value by keys', () => {
  test.each<readonly [keys: readonly string[], text: string]>([
    [[], '$'],
    [['a', 'b'], '$.a.b'],
    [['a.b', 'c d', '*', '[0]', "'"], `$["a.b"]["c d"]["*"]["[0]"]["'"]`],
    [['', '"', '\n'], String.raw`$[""]["\""]["\n"]`],
  ])('%j is %s', (keys, text) => {
    expect(argumentPathText(keys)).toBe(text);
  });

  test('is read back as the same keys, whatever they are', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 20 }), { maxLength: 5 }), (keys) => {
        const { steps } = parseArgumentPath(argumentPathText(keys));
        expect(steps.map((step) => (step.kind === 'key' ? step.key : step.kind))).toEqual(keys);
      }),
    );
  });
});
