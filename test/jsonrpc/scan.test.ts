import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MessageScanner, type ScanFault } from '../../src/jsonrpc/scan.js';
import { JSON_DEPTH_MAX } from '../../src/platform/bounds.js';
import { isJsonObject, type JsonValue } from '../../src/platform/json.js';
import { depthOf, jsonObject, nearJson, spaced, spaces } from './json-text.js';
import { verifies } from '../requirements.js';

verifies('ambiguity:depth');

const scanner = new MessageScanner();

/** Scans text that stands in the middle of a larger buffer, as frames do. */
function scan(text: string): ScanFault | null {
  const before = Buffer.from('{"x":"');
  const line = Buffer.from(text);
  const bytes = Buffer.concat([before, line, Buffer.from('\n"}')]);
  return scanner.scan(bytes, before.length, before.length + line.length);
}

function parsed(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

function members(count: number): string {
  return Array.from({ length: count }, (_, index) => `"m${index}":${index}`).join(',');
}

function nested(depth: number, open: string, close: string): string {
  return open.repeat(depth) + close.repeat(depth);
}

describe('faults', () => {
  test.each<[string, ScanFault | null]>([
    ['{}', null],
    [' \t{ \t} \t', null],
    ['{"a":[],"b":{},"c":[{}],"d":[[1],"x",null,true,false,-0.5e+7]}', null],
    ['', 'not-json'],
    [' ', 'not-json'],
    ['{', 'not-json'],
    ['{"a"', 'not-json'],
    ['{"a":', 'not-json'],
    ['{"a":"b', 'not-json'],
    ['{"a":1.', 'not-json'],
    ['{"a":1', 'not-json'],
    ['{"a":1,}', 'not-json'],
    ['{,}', 'not-json'],
    ['{"a" 1}', 'not-json'],
    ['{"a":1 "b":2}', 'not-json'],
    ['{"a":[1,]}', 'not-json'],
    ['{"a":[,1]}', 'not-json'],
    ['{"a":[1}', 'not-json'],
    ['{"a":{]}', 'not-json'],
    ['{}{}', 'not-json'],
    ['{} x', 'not-json'],
    ['{}\r', 'control-byte'],
    ['{\r}', 'control-byte'],
    ['{"a":\u0000 1}', 'control-byte'],
    ['{"a":"\r"}', 'control-byte'],
    ['{"a\u000b":1}', 'control-byte'],
    ['\u000c{}', 'control-byte'],
    ['{"a":"\t"}', 'not-json'],
    ['[]', 'not-object'],
    ['[{}]', 'not-object'],
    ['"text"', 'not-object'],
    ['7', 'not-object'],
    ['null', 'not-object'],
    ['nul', 'not-json'],
    ['text', 'not-json'],
  ])('%j is %s', (text, expected) => {
    expect(scan(text)).toBe(expected);
  });
});

describe('depth', () => {
  test.each([
    ['{"a":', '}', '1', JSON_DEPTH_MAX, null],
    ['{"a":', '}', '1', JSON_DEPTH_MAX + 1, 'too-deep'],
    ['[', ']', '', JSON_DEPTH_MAX - 1, null],
    ['[', ']', '', JSON_DEPTH_MAX, 'too-deep'],
    ['[', ']', '', 1_000_000, 'too-deep'],
  ])('%s %d levels deep is %s', (open, close, inner, depth, expected) => {
    const value = `${open.repeat(depth)}${inner}${close.repeat(depth)}`;
    expect(scan(open === '[' ? `{"a":${value}}` : value)).toBe(expected);
  });

  test('is counted before anything else, unclosed brackets included', () => {
    expect(scan(`{"a":${'['.repeat(1_000_000)}`)).toBe('too-deep');
    expect(scan(nested(JSON_DEPTH_MAX + 1, '{"a":', '}'))).toBe('too-deep');
  });
});

test('accepts exactly the objects on one line that JSON.parse accepts', () => {
  fc.assert(
    fc.property(nearJson, (text) => {
      const value = parsed(text);
      const expected =
        value !== undefined &&
        isJsonObject(value) &&
        !/[\r\n]/.test(text) &&
        depthOf(value) <= JSON_DEPTH_MAX;
      expect(scan(text) === null).toBe(expected);
    }),
    { numRuns: 20_000 },
  );
});

test('notes where root members and the members below them stand', () => {
  fc.assert(
    fc.property(jsonObject, spaces, (object, blank) => {
      const bytes = Buffer.from(`xx${spaced(object, blank)}`);
      const read = (start: number, end: number): unknown => JSON.parse(bytes.toString('utf8', start, end));
      expect(scanner.scan(bytes, 2, bytes.length)).toBeNull();
      const entries = Object.entries(JSON.parse(JSON.stringify(object)) as Record<string, JsonValue>);
      expect(scanner.rootCount).toBe(entries.length);
      let nestedIndex = 0;
      for (const [index, [key, value]] of entries.entries()) {
        const span = scanner.root[index];
        if (span === undefined) throw new Error('a member was not noted');
        expect(read(span.keyStart - 1, span.keyEnd + 1)).toBe(key);
        expect(read(span.valueStart, span.valueEnd)).toEqual(value);
        for (const [innerKey, inner] of isJsonObject(value) ? Object.entries(value) : []) {
          const below = scanner.nested[nestedIndex++];
          if (below === undefined) throw new Error('a nested member was not noted');
          expect(below.parent).toBe(index);
          expect(read(below.keyStart - 1, below.keyEnd + 1)).toBe(innerKey);
          expect(read(below.valueStart, below.valueEnd)).toEqual(inner);
        }
      }
      expect(scanner.nestedCount).toBe(nestedIndex);
    }),
    { numRuns: 2000 },
  );
});

test('counts every member, duplicates each', () => {
  expect(scan('{"a":1,"a":{"b":2,"b":[{"c":3}]}}')).toBeNull();
  expect(scanner.memberCount).toBe(5);
});

test.each([
  ['{"a":{"b":{"c":1}}}', Number.POSITIVE_INFINITY],
  [String.raw`{"\u0061":{"b":1}}`, 1],
  [String.raw`{"a":{"\u0062":1}}`, 2],
  [String.raw`{"a":{"b":{"\u0063":1}},"d":"\u0064"}`, 3],
  [String.raw`{"a":[{"\u0062":1}]}`, 3],
  [String.raw`{"a":{"b":{"\u0063":1},"\/":2}}`, 2],
])('the outermost key with an escape in %s is at depth %d', (text, expected) => {
  expect(scan(text)).toBeNull();
  expect(scanner.escapedDepth).toBe(expected);
});

test('says when there are more members than it remembers', () => {
  expect(scan(`{${members(16)}}`)).toBeNull();
  expect(scanner.overflow).toBe(false);
  expect(scan(`{${members(17)}}`)).toBeNull();
  expect([scanner.overflow, scanner.rootCount]).toEqual([true, 17]);
  expect(scan(`{"a":{${members(64)}}}`)).toBeNull();
  expect(scanner.overflow).toBe(false);
  expect(scan(`{"a":{${members(65)}},"b":{"c":1}}`)).toBeNull();
  expect([scanner.overflow, scanner.nestedCount]).toEqual([true, 66]);
});

test.each([
  ['{}', true],
  ['{"name":{"a_b-c$9":[{"x":1}]}}', true],
  ['{"":1}', true],
  ['{"_meta":1,"a__b":2}', true],
  ['{"name":"Value\u00e9"}', true],
  ['{"Name":1}', false],
  ['{"a":[{"b":{"C":1}}],"d":1}', false],
  ['{"__proto__":1}', false],
  ['{"a":{"__x":1}}', false],
  ['{"a b":1}', false],
  ['{"a.b":1}', false],
  ['{"\u00e9":1}', false],
  [String.raw`{"\u0061":1}`, false],
])('all keys of %s are plain: %s', (text, expected) => {
  expect(scan(text)).toBeNull();
  expect(scanner.plainKeys).toBe(expected);
});
