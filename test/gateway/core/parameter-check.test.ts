import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { disagreeingHeader } from '../../../src/gateway/core/parameter-check.js';
import type { JsonValue } from '../../../src/platform/json.js';
import { headerValue } from '../../../src/upstream/remote/mirrored-headers.js';
import type { Mirror } from '../../../src/upstream/remote/parameter-headers.js';

const REGION: readonly Mirror[] = [{ path: ['region'], name: 'Region' }];

function check(value: JsonValue | undefined, header: string | undefined): string {
  const given: Record<string, JsonValue> = value === undefined ? {} : { region: value };
  const headers = header === undefined ? {} : { 'mcp-param-region': header };
  const found = disagreeingHeader(REGION, { name: 'query', arguments: given }, headers);
  return found === undefined ? 'agrees' : `${found} disagrees`;
}

test.each<[string, JsonValue | undefined, string | undefined, string]>([
  ['the same text', 'us-west1', 'us-west1', 'agrees'],
  ['another text', 'us-west1', 'us-east1', 'Region disagrees'],
  ['another case', 'us-west1', 'US-WEST1', 'Region disagrees'],
  ['a missing header', 'us-west1', undefined, 'Region disagrees'],
  ['a header without the argument', undefined, 'us-west1', 'Region disagrees'],
  ['neither', undefined, undefined, 'agrees'],
  ['null and no header', null, undefined, 'agrees'],
  ['null and a header', null, 'null', 'Region disagrees'],
  ['base64 of the same text', 'zürich', '=?base64?esO8cmljaA==?=', 'agrees'],
  ['base64 of another text', 'zurich', '=?base64?esO8cmljaA==?=', 'Region disagrees'],
  ['broken base64', 'zürich', '=?base64?esO8cmljaA?=', 'Region disagrees'],
  ['broken base64 without the argument', undefined, '=?base64?esO8cmljaA?=', 'Region disagrees'],
  ['an empty text and an empty header', '', '', 'agrees'],
  ['an empty text and no header', '', undefined, 'Region disagrees'],
  ['an integer', 7, '7', 'agrees'],
  ['an integer, written as a fraction', 7, '7.0', 'agrees'],
  ['an integer, written with an exponent', 700, '7e2', 'agrees'],
  ['another integer', 7, '8', 'Region disagrees'],
  ['zero and an empty header', 0, '', 'Region disagrees'],
  ['an integer and a word', 7, 'seven', 'Region disagrees'],
  ['a text of digits counts as text', '7', '7.0', 'Region disagrees'],
  ['true', true, 'true', 'agrees'],
  ['false', false, 'false', 'agrees'],
  ['a boolean of another case', true, 'True', 'Region disagrees'],
  ['a boolean as a number', true, '1', 'Region disagrees'],
  ['an object and no header', { a: 1 }, undefined, 'agrees'],
  ['an object and a header', { a: 1 }, '[object Object]', 'Region disagrees'],
])('%s', (_title, value, header, expected) => {
  expect(check(value, header)).toBe(expected);
});

test('a path leads into nested arguments, and the first header that disagrees is named', () => {
  const mirrors: Mirror[] = [
    { path: ['where', 'region'], name: 'Region' },
    { path: ['tier'], name: 'Tier' },
  ];
  const params = { arguments: { where: { region: 'a' }, tier: 2 } };
  const headers = { 'mcp-param-region': 'a', 'mcp-param-tier': '2' };
  expect(disagreeingHeader(mirrors, params, headers)).toBeUndefined();
  expect(disagreeingHeader(mirrors, params, { ...headers, 'mcp-param-tier': '3' })).toBe('Tier');
  expect(disagreeingHeader(mirrors, { arguments: [] }, headers)).toBe('Region');
  expect(disagreeingHeader(mirrors, undefined, {})).toBeUndefined();
});

test('a member of the prototype is no argument', () => {
  const mirrors: Mirror[] = [{ path: ['constructor', 'name'], name: 'X' }];
  expect(disagreeingHeader(mirrors, { arguments: {} }, {})).toBeUndefined();
});

test('what guard itself would write as a header agrees with the argument', () => {
  const value = fc.oneof(fc.string(), fc.maxSafeInteger(), fc.boolean());
  fc.assert(
    fc.property(value, (given) => {
      expect(check(given, headerValue(String(given)))).toBe('agrees');
    }),
  );
});
