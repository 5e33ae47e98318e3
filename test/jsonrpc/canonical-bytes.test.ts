import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalBytes } from '../../src/jsonrpc/canonical-bytes.js';
import { verifies } from '../requirements.js';
import { jsonValue, spaced, spaces } from './json-text.js';

function canonical(text: string): string {
  return canonicalBytes(Buffer.from(text));
}

describe('one text for one value', () => {
  test.each([
    ['{ "b" : 1 , "a" : [ true , null ] }', '{"a":[true,null],"b":1}'],
    ['{"b":{"d":1,"c":2},"a":0}', '{"a":0,"b":{"c":2,"d":1}}'],
    [String.raw`"\u0061\/\n"`, String.raw`"a/\n"`],
    [String.raw`"\ud83d\ude00"`, '"😀"'],
    [String.raw`"\ud800"`, String.raw`"\ud800"`],
    [String.raw`{"\u0061":1}`, '{"a":1}'],
    ['\t[ 1.0, 1e2 ,-0 , 12345678901234567890 ]\r\n', '[1.0,1e2,-0,12345678901234567890]'],
    ['{}', '{}'],
    ['[ ]', '[]'],
    ['""', '""'],
    ['false', 'false'],
    [' 7', '7'],
    // Members that differ only beyond the basic plane are sorted as JavaScript sorts them.
    ['{"😀":1,"\uffff":2}', '{"😀":1,"\uffff":2}'],
    ['{"__proto__":1,"10":2,"9":3}', '{"10":2,"9":3,"__proto__":1}'],
  ])('%s', (text, expected) => {
    expect(canonical(text)).toBe(expected);
  });

  test.each(['{"a":1', '[', '"a', '', '  ', '{"a"', '[1,'])('throws on %j, which never ends', (text) => {
    expect(() => canonical(text)).toThrow();
  });
});

/** A value whose numbers are texts, so that comparing it says what no double can. */
type Raw = { readonly raw: string } | string | boolean | null | readonly Raw[] | ReadonlyMap<string, Raw>;

const rawNumber = fc
  .constantFrom('0', '-0', '1', '1.0', '1e0', '1E0', '10e-1', '9007199254740993', '9007199254740992', '1e400')
  .map((raw): Raw => ({ raw }));
const key = fc.constantFrom('a', 'b', 'é', '', 'a"b', '\\', '__proto__');
const { raw } = fc.letrec<{ raw: Raw }>((tie) => ({
  raw: fc.oneof(
    { maxDepth: 3 },
    rawNumber,
    fc.constantFrom<Raw>('', 'a', 'é', 'e\u0301', '1', true, false, null),
    fc.array(tie('raw'), { maxLength: 3 }),
    fc.array(fc.tuple(key, tie('raw')), { maxLength: 3 }).map((members): Raw => new Map(members)),
  ),
}));

/** JSON text of the value, its members in the order that `turn` gives. */
function written(value: Raw, turned: boolean): string {
  if (Array.isArray(value)) return `[${value.map((one: Raw) => written(one, turned)).join(' , ')}]`;
  if (value instanceof Map) {
    const members = [...(value as ReadonlyMap<string, Raw>)].map(
      ([name, one]) => `${JSON.stringify(name)}: ${written(one, turned)}`,
    );
    return `{${(turned ? members.toReversed() : members).join(',')}}`;
  }
  if (typeof value === 'object' && value !== null && 'raw' in value) return value.raw;
  return turned && typeof value === 'string' ? escaped(value) : JSON.stringify(value);
}

function escaped(text: string): string {
  const units = Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));
  return `"${units.map((unit) => String.raw`\u` + unit.toString(16).padStart(4, '0')).join('')}"`;
}

/** Equality with numbers as texts, apart from the source. */
function equal(left: Raw, right: Raw): boolean {
  if (left instanceof Map && right instanceof Map) {
    const [one, other] = [left as ReadonlyMap<string, Raw>, right as ReadonlyMap<string, Raw>];
    return (
      one.size === other.size &&
      [...one].every(([name, value]) => other.has(name) && equal(value, other.get(name) ?? null))
    );
  }
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((one: Raw, at) => equal(one, right[at] as Raw));
  }
  if (isRaw(left) && isRaw(right)) return left.raw === right.raw;
  return left === right;
}

function isRaw(value: Raw): value is { readonly raw: string } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Map);
}

test('two values have one text exactly where they are equal, numbers by their own texts', () => {
  verifies('wire:canonical:exact');
  let equals = 0;
  fc.assert(
    fc.property(raw, raw, fc.boolean(), (left, other, same) => {
      const right = same ? left : other;
      const isEqual = equal(left, right);
      if (isEqual) equals += 1;
      expect(canonical(written(left, false)) === canonical(written(right, true))).toBe(isEqual);
    }),
    { numRuns: 5000 },
  );
  expect(equals).toBeGreaterThan(1000);
});

test('white space changes nothing, and the text says the same as the value', () => {
  fc.assert(
    fc.property(jsonValue, spaces, (value, blanks) => {
      const text = canonical(JSON.stringify(value));
      expect(canonical(spaced(value, blanks))).toBe(text);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      expect(canonical(text)).toBe(text);
    }),
  );
});
