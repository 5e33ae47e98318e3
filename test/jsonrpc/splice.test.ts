import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Replacement, spansAt, spliced, withoutMembers } from '../../src/jsonrpc/splice.js';
import { verifies } from '../requirements.js';
import { jsonObject, spaced, spaces } from './json-text.js';

function at(text: string, ...path: string[]): string[] {
  const bytes = Buffer.from(text);
  return spansAt(bytes, path).map(({ start, end }) => bytes.toString('utf8', start, end));
}

function without(text: string, path: readonly string[], ...names: string[]): string {
  return withoutMembers(Buffer.from(text), path, names).toString();
}

describe('where values stand', () => {
  const TEXT = '{"é": {"a" : [ {"m":"x"}, {"m": 2.0} ,3], "b":{"m":"\\"}"}} , "n":null}\n';

  test.each<[string[], string[]]>([
    [[], [TEXT.trimEnd()]],
    [['n'], ['null']],
    [
      ['é', 'a', '*', 'm'],
      ['"x"', '2.0'],
    ],
    [['é', '*', 'm'], ['"\\"}"']],
    [
      ['é', 'a', '*'],
      ['{"m":"x"}', '{"m": 2.0}', '3'],
    ],
    [['*'], [TEXT.slice(TEXT.indexOf('{', 1), TEXT.indexOf(' , "n"')), 'null']],
    [['é', 'a', 'm'], []],
    [['é', 'a', '0'], []],
    [['n', '*'], []],
    [['missing', 'm'], []],
  ])('%j', (path, expected) => {
    expect(at(TEXT, ...path)).toEqual(expected);
  });

  test('a key that is written with escapes is found, and each of two equal ones', () => {
    expect(at(String.raw`{"\u0061":1,"a":2}`, 'a')).toEqual(['1', '2']);
  });

  test('every member stands where its value can be read', () => {
    fc.assert(
      fc.property(jsonObject, spaces, (value, blanks) => {
        const text = spaced({ root: value }, blanks);
        const keys = Object.keys(value);
        expect(at(text, 'root', '*').map((one) => JSON.parse(one) as unknown)).toEqual(
          keys.map((key) => value[key]),
        );
        // A key that is spelt like the star stands for all members.
        for (const key of keys.filter((one) => one !== '*')) {
          expect(at(text, 'root', key).map((one) => JSON.parse(one) as unknown)).toEqual([value[key]]);
        }
      }),
    );
  });
});

describe('without members', () => {
  test.each([
    ['{"params": {"a" : 1 , "x":2,  "b":3 }, "z": 1.0}', '{"params": {"a" : 1 , "b":3 }, "z": 1.0}'],
    ['{"params":{ "x":2 , "a":1}}', '{"params":{ "a":1}}'],
    ['{"params":{"a":1 , "x":2 }}', '{"params":{"a":1 }}'],
    ['{"params":{ "x":2 }}', '{"params":{  }}'],
    ['{"params":{"x":2,"y":3}}', '{"params":{}}'],
    ['{"params":{"a":1,"x":2,"y":3}}', '{"params":{"a":1}}'],
    ['{"params":{"y":3,"a":1,"x":2,"b":4,"y":5}}', '{"params":{"a":1,"b":4}}'],
    ['{"params":{"a":{"x":1}}}', '{"params":{"a":{"x":1}}}'],
    [String.raw`{"params":{"\u0078":1,"a":2}}`, '{"params":{"a":2}}'],
    ['{"params":["x"]}', '{"params":["x"]}'],
    ['{"x":1}', '{"x":1}'],
  ])('%s', (text, expected) => {
    expect(without(text, ['params'], 'x', 'y')).toBe(expected);
  });

  test('nothing else changes: not a byte where none of them is there, not a byte of what stays', () => {
    verifies('wire:splice:untouched');
    fc.assert(
      fc.property(jsonObject, spaces, fc.array(fc.nat(12)), (value, blanks, picks) => {
        const keys = Object.keys(value);
        const names = picks.flatMap((pick) => keys[pick] ?? []);
        const text = spaced({ before: [1.5], params: value, after: 'x' }, blanks);
        expect(without(text, ['params'], 'no such member')).toBe(text);
        const result = without(text, ['params'], ...names);
        const left = Object.fromEntries(
          keys.filter((key) => !names.includes(key)).map((key) => [key, value[key]]),
        );
        expect(JSON.parse(result)).toEqual(
          JSON.parse(JSON.stringify({ before: [1.5], params: left, after: 'x' })),
        );
        // What is left is what was there, piece by piece and in order.
        expect(isCutFrom(result, text)).toBe(true);
        for (const key of Object.keys(left)) {
          if (key !== '*') expect(at(result, 'params', key)).toEqual(at(text, 'params', key));
        }
        const [head] = text.split('"params"', 1);
        expect(result.startsWith(head ?? '')).toBe(true);
      }),
    );
  });
});

/** Whether the text comes from the other by leaving bytes out. */
function isCutFrom(text: string, whole: string): boolean {
  let from = 0;
  for (const unit of text) {
    const found = whole.indexOf(unit, from);
    if (found === -1) return false;
    from = found + unit.length;
  }
  return true;
}

test('replacements are made wherever they stand, in any order', () => {
  const frame = Buffer.from('0123456789');
  const made = [replace(8, 10, 'é'), replace(0, 1, ''), replace(3, 3, 'abc'), replace(4, 6, '-')];
  expect(spliced(frame, made).toString()).toBe('12abc3-67é');
  expect(spliced(frame, []).equals(frame)).toBe(true);
});

function replace(start: number, end: number, text: string): Replacement {
  return { span: { start, end }, bytes: Buffer.from(text) };
}
