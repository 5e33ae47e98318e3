import { expect, test } from 'vitest';
import { GuardError } from '../../../src/platform/errors.js';
import { readHeaderOptions } from '../../../src/upstream/remote/header-options.js';

const ENV = { TOKEN: 'tok-1', EMPTY: '', BAD: 'a\nb', constructor: undefined };

test('values come from the environment', () => {
  const headers = readHeaderOptions(
    ['Authorization: Bearer ${TOKEN}', 'X-A:${NONE:-b}$${c}', 'x-empty:', 'X-Colon: a: b'],
    ENV,
  );
  expect(headers).toEqual({
    authorization: 'Bearer tok-1',
    'x-a': 'b${c}',
    'x-empty': '',
    'x-colon': 'a: b',
  });
});

test.each([
  ['no colon here secret', /expects a name, a colon and a value/],
  [': secret', /expects a name/],
  ['a b: secret', /expects a name/],
  ['X: ${NONE} secret', /NONE is not set, or empty/],
  ['X: ${EMPTY} secret', /EMPTY is not set, or empty/],
  ['X: ${toString} secret', /toString is not set/],
  ['X: ${1} secret', /expected \$\{VARIABLE\} in the value of "x"/],
  ['X: ${BAD} secret', /holds a character that no header can/],
  ['X: ☃ secret', /holds a character that no header can/],
  ['Mcp-Session-Id: secret', /guard itself sets the header "mcp-session-id"/],
  ['Host: secret', /guard itself sets/],
])('%s is refused without its value', (option, message) => {
  let error: unknown;
  try {
    readHeaderOptions([option], ENV);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(GuardError);
  expect(error).toMatchObject({ code: 'usage', message: expect.stringMatching(message) });
  expect(String(error)).not.toContain('secret');
});

test('a header that is given twice is refused', () => {
  expect(() => readHeaderOptions(['X-A: 1', 'x-a: 2'], {})).toThrow(/given twice/);
});
