import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KnownSecrets } from '../../../src/audit/redaction/known-secrets.js';
import { createMask, maskedValue } from '../../../src/audit/redaction/mask.js';
import { REDACT_SECRETS_MAX } from '../../../src/platform/bounds.js';
import { verifies } from '../../requirements.js';

verifies('audit:redaction:secrets-nowhere');

const SECRET = ['garden', 'Lamp', 'violet'].join('.');
const SPELLINGS = [
  SECRET,
  encodeURIComponent(SECRET),
  Buffer.from(SECRET).toString('base64'),
  Buffer.from(SECRET).toString('hex'),
];
const hide = createMask(new KnownSecrets([SECRET, 'ab12']));

test('a secret in any text is gone, as it is and as it looks encoded', () => {
  const pieces = fc.string({ maxLength: 30 });
  fc.assert(
    fc.property(pieces, pieces, fc.constantFrom(...SPELLINGS), (before, behind, spelling) => {
      const shown = hide(before + spelling + behind);
      for (const other of SPELLINGS) expect(shown).not.toContain(other);
    }),
  );
});

test('base64 of a longer text gives it away at no offset', () => {
  for (const before of ['', 'x', 'xy', 'xyz']) {
    const encoded = Buffer.from(`${before}${SECRET}behind`).toString('base64');
    const decoded = Buffer.from(hide(encoded).replace('[redacted:secret]', ''), 'base64').toString('latin1');
    expect(decoded).not.toContain(SECRET.slice(0, 12));
    expect(hide(encoded)).toContain('[redacted:secret]');
  }
});

describe('edges', () => {
  test.each([
    ['ab12', '[redacted:secret]'],
    ['x ab12 y', 'x [redacted:secret] y'],
    ['xab12', 'xab12'],
    ['ab12y', 'ab12y'],
    [`cut here: ${SECRET.slice(0, 10)}`, 'cut here: [redacted:secret]'],
    [`cut here: ${SECRET.slice(0, 10)}…(+9 chars)`, 'cut here: [redacted:secret]…(+9 chars)'],
    [`${SECRET.slice(0, 10)} is another`, `${SECRET.slice(0, 10)} is another`],
    ['', ''],
  ])('%j becomes %j', (text, expected) => {
    expect(hide(text)).toBe(expected);
  });

  test('values of any shape, names of members included; what has nothing to hide stays itself', () => {
    const value = { a: [1, null, { [SECRET]: `x ${SECRET}` }] };
    expect(maskedValue(value, hide)).toEqual({
      a: [1, null, { '[redacted:secret]': 'x [redacted:secret]' }],
    });
    const plain = { a: ['b', { c: 1 }] };
    expect(maskedValue(plain, hide)).toBe(plain);
  });

  test('what is learned later counts, and there is a bound', () => {
    const known = new KnownSecrets();
    const mask = createMask(known);
    expect(mask('later-secret')).toBe('later-secret');
    known.learn(['later-secret']);
    expect(mask('later-secret')).toBe('[redacted:secret]');
    known.learn(Array.from({ length: 2 * REDACT_SECRETS_MAX }, (_none, index) => `secret-number-${index}`));
    expect(known.size).toBe(REDACT_SECRETS_MAX);
  });
});
