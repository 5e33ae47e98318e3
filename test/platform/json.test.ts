import { expect, test } from 'vitest';
import { isJsonObject, type JsonObject, member } from '../../src/platform/json.js';

test.each([
  [{}, true],
  [[], false],
  [null, false],
  ['x', false],
  [1, false],
  [undefined, false],
])('%j is an object: %s', (value, expected) => {
  expect(isJsonObject(value)).toBe(expected);
});

test('members are own members only', () => {
  const object = JSON.parse('{"a":null,"__proto__":{"b":1}}') as JsonObject;
  expect(member(object, 'a')).toBeNull();
  expect(member(object, 'b')).toBeUndefined();
  expect(member(object, 'toString')).toBeUndefined();
  expect(member(object, 'constructor')).toBeUndefined();
  expect(member(object, '__proto__')).toEqual({ b: 1 });
});
