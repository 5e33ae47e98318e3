import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { arrayElements } from '../../src/jsonrpc/array-elements.js';
import { jsonValue, spaced, spaces } from './json-text.js';

function elementsOf(text: string): string[] {
  const bytes = Buffer.from(`ab${text}c`);
  const elements = arrayElements(bytes, { start: 2, end: bytes.length - 1 });
  return elements.map(({ start, end }) => bytes.toString('utf8', start, end));
}

test.each<[string, string[]]>([
  ['[]', []],
  ['[ \t ]', []],
  ['[1]', ['1']],
  ['[ 1 , -2.5e3 ,"a" ]', ['1', '-2.5e3', '"a"']],
  ['[{"a":[1,2]},[[],{}],null]', ['{"a":[1,2]}', '[[],{}]', 'null']],
  [String.raw`["a,\"b]","\\","{"]`, [String.raw`"a,\"b]"`, String.raw`"\\"`, '"{"']],
  ['[{"a" : "]}" } , true]', ['{"a" : "]}" }', 'true']],
  ['["é𝄞","\u2028"]', ['"é𝄞"', '"\u2028"']],
])('%s', (text, expected) => {
  expect(elementsOf(text)).toEqual(expected);
});

test('finds the elements of any array, however it is spaced', () => {
  fc.assert(
    fc.property(fc.array(jsonValue, { maxLength: 8 }), spaces, (values, blank) => {
      const text = spaced(values, blank).trim();
      const elements = elementsOf(text);
      expect(elements.map((element) => element.trim())).toEqual(elements);
      expect(elements.map((element): unknown => JSON.parse(element))).toEqual(JSON.parse(text));
    }),
    { numRuns: 500 },
  );
});
