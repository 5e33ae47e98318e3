import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { foldKey } from '../../src/platform/fold.js';

test.each([
  ['name', 'name'],
  ['snake_case-$1', 'snake_case-$1'],
  ['', ''],
  ['Name', 'name'],
  ['NAME', 'name'],
  ['param\u017f', 'params'],
  ['to\u212aen', 'token'],
  ['\uff4e\uff41\uff4d\uff45', 'name'],
  ['\ufb01le', 'file'],
  ['ur\u0131', 'uri'],
  ['ur\u0130', 'uri'],
  ['URI', 'uri'],
  ['name\u0000', 'name'],
  ['name\u0000other', 'name'],
  ['\u0000', ''],
  ['a\ud800', 'a\ufffd'],
  ['\u03c2', '\u03c3'],
  ['STRASSE', 'strasse'],
  ['stra\u00dfe', 'strasse'],
  ['e\u0301', '\u00e9'],
  ['\u00c9', '\u00e9'],
  ['n\u0430me', 'n\u0430me'],
  ['name ', 'name '],
  ['na\u200bme', 'na\u200bme'],
])('%j folds to %j', (key, expected) => {
  expect(foldKey(key)).toBe(expected);
  expect(foldKey(key)).toBe(expected);
});

test('case never matters, in short keys and in long ones', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 100 }), (key) => {
      expect(foldKey(key.toUpperCase())).toBe(foldKey(key));
      expect(foldKey(key.toLowerCase())).toBe(foldKey(key));
    }),
  );
});

test('what is remembered does not change the answer', () => {
  for (let index = 0; index < 10_000; index++) expect(foldKey(`Key${index}`)).toBe(`key${index}`);
  expect(foldKey('Key1')).toBe('key1');
});
