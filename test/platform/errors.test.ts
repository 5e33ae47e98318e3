import { expect, test } from 'vitest';
import { EXIT_CODES, GuardError, messageOf, systemErrorCode } from '../../src/platform/errors.js';

test.each([
  ['usage', 2],
  ['config-not-found', 2],
  ['config-invalid', 2],
  ['config-insecure', 2],
  ['config-unwritable', 2],
  ['command-not-found', 127],
  ['command-not-executable', 126],
  ['audit-unwritable', 2],
  ['audit-unreadable', 2],
  ['remote-unreachable', 2],
  ['file-exists', 2],
  ['approver-key-unreadable', 2],
  ['passphrase-wrong', 2],
  ['input-cancelled', 2],
  ['remembered-unreadable', 2],
  ['remembered-unwritable', 2],
] as const)('the error %s ends the program with %d', (code, expected) => {
  expect(new GuardError(code, 'm').exitCode).toBe(expected);
});

test('the exit codes of the program', () => {
  expect(EXIT_CODES).toEqual({ ok: 0, findings: 1, error: 2, notExecutable: 126, notFound: 127 });
});

test('an error keeps its hint and its cause', () => {
  const cause = new Error('inner');
  const error = new GuardError('usage', 'outer', { hint: 'do this', cause });
  expect([error.name, error.message, error.hint, error.cause]).toEqual([
    'GuardError',
    'outer',
    'do this',
    cause,
  ]);
  expect(new GuardError('usage', 'm').hint).toBeUndefined();
});

test.each([
  [Object.assign(new Error('x'), { code: 'ENOENT' }), 'ENOENT'],
  [Object.assign(new Error('x'), { code: 5 }), undefined],
  [new Error('x'), undefined],
  [{ code: 'ENOENT' }, undefined],
  [null, undefined],
])('the system error code of %s is %s', (error, expected) => {
  expect(systemErrorCode(error)).toBe(expected);
});

test('anything thrown has a message', () => {
  expect([messageOf(new Error('m')), messageOf('text'), messageOf(null)]).toEqual(['m', 'text', 'null']);
});
