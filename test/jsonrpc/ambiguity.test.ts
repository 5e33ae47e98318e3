import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findAmbiguity, misspeltKey } from '../../src/jsonrpc/ambiguity.js';
import { foldKey } from '../../src/platform/fold.js';
import { MessageScanner } from '../../src/jsonrpc/scan.js';
import type { JsonObject } from '../../src/platform/json.js';
import { jsonObject } from './json-text.js';
import { verifies } from '../requirements.js';

verifies('ambiguity:duplicate-keys', 'ambiguity:folded-keys');

const scanner = new MessageScanner();

function reasonOf(text: string, memberCount: number): string | undefined {
  return findAmbiguity(JSON.parse(text) as JsonObject, memberCount, false)?.reason;
}

describe('keys that parsers disagree on', () => {
  test.each([
    ['{}', 0, undefined],
    ['{"a":{"a":{"a":1}}}', 3, undefined],
    ['{"a":[{"b":1},{"b":1}]}', 3, undefined],
    ['{"a":1,"a":2}', 2, 'duplicate-key'],
    ['{"a":[[{"b":1,"b":2}]]}', 3, 'duplicate-key'],
    ['{"1":1,"01":2}', 2, undefined],
    ['{"a":1,"A":2}', 2, 'ambiguous-key'],
    ['{"A":1}', 1, undefined],
    ['{"x":[{"key":1,"KEY":2}]}', 3, 'ambiguous-key'],
    ['{"sum":1,"\u017fum":2}', 2, 'ambiguous-key'],
    ['{"\ufb01le":1,"file":2}', 2, 'ambiguous-key'],
    ['{"\u03c3":1,"\u03c2":2}', 2, 'ambiguous-key'],
    ['{"a\\ud800":1,"a\\ufffd":2}', 2, 'ambiguous-key'],
    ['{"a\\u0000b":1,"a\\u0000c":2}', 2, 'ambiguous-key'],
    ['{"x":{"__proto__":null}}', 2, 'ambiguous-key'],
    ['{"__PROTO__":1}', 1, undefined],
    ['{"constructor":1,"prototype":2}', 2, undefined],
    ['{"a b":1,"ab":2,"a_b":3,"a-b":4}', 4, undefined],
    ['{"a":null,"b":[null,1,"x"]}', 2, undefined],
  ])('%s with %d members: %s', (text, count, expected) => {
    expect(reasonOf(text, count)).toBe(expected);
  });

  test('an object is unambiguous exactly when its folded keys differ everywhere', () => {
    const folds = (value: unknown): boolean => {
      if (typeof value !== 'object' || value === null) return false;
      const keys = Object.keys(value);
      return (
        keys.includes('__proto__') ||
        (!Array.isArray(value) && new Set(keys.map(foldKey)).size < keys.length) ||
        Object.values(value).some(folds)
      );
    };
    const countOf = (value: unknown): number => {
      if (typeof value !== 'object' || value === null) return 0;
      const own = Array.isArray(value) ? 0 : Object.keys(value).length;
      return Object.values(value).reduce<number>((sum, inner) => sum + countOf(inner), own);
    };
    fc.assert(
      fc.property(jsonObject, (object) => {
        const value = JSON.parse(JSON.stringify(object)) as JsonObject;
        expect(findAmbiguity(value, countOf(value), false) !== null).toBe(folds(value));
        expect(findAmbiguity(value, countOf(value) + 1, false)).not.toBeNull();
        // Where the scan says that all keys are plain, counting finds the same.
        const bytes = Buffer.from(JSON.stringify(object));
        expect(scanner.scan(bytes, 0, bytes.length)).toBeNull();
        if (!scanner.plainKeys) return;
        expect(findAmbiguity(value, countOf(value), true)).toBeNull();
        expect(findAmbiguity(value, countOf(value) + 1, true)?.reason).toBe('duplicate-key');
        expect(folds(value)).toBe(false);
      }),
    );
  });
});

test.each([
  ['{"name":1}', undefined],
  ['{"other":1}', undefined],
  ['{"Name":1}', '`name`'],
  ['{"a":1,"NAME":1}', '`name`'],
  ['{"client\u0131nfo":1}', '`clientInfo`'],
  ['{"clientinfo":1}', '`clientInfo`'],
  ['{"clientInfo":1}', undefined],
  ['{"name ":1}', undefined],
])('%s is misspelt for %s', (text, expected) => {
  const known = new Map(['name', 'clientInfo'].map((key) => [foldKey(key), key]));
  const found = misspeltKey(JSON.parse(text) as JsonObject, known)?.detail;
  if (expected === undefined) expect(found).toBeUndefined();
  else expect(found).toContain(expected);
});
