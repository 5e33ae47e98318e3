import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { verifies } from '../requirements.js';
import { mistakesOf, readText } from './check-yaml.js';

verifies('approval:approvers:config');

const key = (): string =>
  generateKeyPairSync('ed25519')
    .publicKey.export({ format: 'der', type: 'spki' })
    .subarray(-32)
    .toString('base64');
const HINT = 'guard approver enroll NAME prints the line';
const config = (approval: object, more: object = {}): string =>
  JSON.stringify({ version: '1', approval, ...more });
/** Without their places in the text. */
const told = (text: string): string[] => mistakesOf(text).map((line) => line.replace(/^\S+ /, ''));

test('approvers with keys in both spellings are no mistake', () => {
  const der = generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' });
  const approvers = [
    { name: 'alice', public_key: key() },
    { name: 'bob', public_key: der.toString('base64') },
  ];
  expect(told(config({ approvers, default_on_timeout: 'deny' }))).toEqual([]);
});

test.each([
  ['no base64', 'not a key', 'expected an Ed25519 public key in base64'],
  ['too short', 'AAAA', 'expected the 32 bytes of an Ed25519 public key, got 3 bytes'],
  [
    'a placeholder',
    `${'A'.repeat(43)}=`,
    'this public key is a weak one, for which anybody can make signatures',
  ],
])('a key that is %s', (_what, text, message) => {
  const approvers = [
    { name: 'alice', public_key: key() },
    { name: 'bob', public_key: text },
  ];
  expect(told(config({ approvers }))).toEqual([`approval.approvers[1].public_key: ${message} (${HINT})`]);
});

test('two approvers of one name, and too many', () => {
  const alice = { name: 'alice', public_key: key() };
  expect(told(config({ approvers: [alice, { ...alice, public_key: key() }] }))).toEqual([
    'approval.approvers[1].name: the name alice is taken: an approver above has it already',
  ]);
  const many = Array.from({ length: 65 }, (_, index) => ({ ...alice, name: `a${index}` }));
  expect(told(config({ approvers: many }))).toEqual(['approval.approvers: expected at most 64 approvers']);
});

test('a variable in place of a key is told of once where it is not set', () => {
  const text = config({ approvers: [{ name: 'alice', public_key: '${ALICE_KEY}' }] });
  expect(told(text)).toHaveLength(1);
  expect(told(text)[0]).toContain('ALICE_KEY');
  expect(readText(text, { env: { ALICE_KEY: key() } }).mistakes).toEqual([]);
});

test('what would pass without a signature: in the settings, in a rule, in a budget', () => {
  const allow = { default_on_timeout: 'allow' };
  const rule = { name: 'a', match: { tool: 'a' }, action: 'require_approval', approval: allow };
  const budget = {
    name: 'pot',
    limit: 1,
    currency: 'EUR',
    window: '1h',
    on_exceed: 'require_approval',
    approval: allow,
    contributors: [{ match: { tool: 'a' }, field: '$.amount' }],
  };
  const more = { policies: { rules: [{ ...rule, name: 'b', approval: {} }, rule] }, budgets: [budget] };
  const why =
    'default_on_timeout: with approvers, a call that nobody answers cannot pass: nobody has signed (default_on_timeout: deny, or no approvers)';
  const approvers = [{ name: 'alice', public_key: key() }];
  expect(told(config({ ...allow, approvers }, more))).toEqual([
    `approval.${why}`,
    `policies.rules[1].approval.${why}`,
    `budgets[0].approval.${why}`,
  ]);
  expect(told(config({ ...allow, approvers: [] }, more))).toEqual([]);
});
