import { generateKeyPairSync, sign } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ApprovalAnswer } from '../../../src/approvals/answer.js';
import { createApproverSet } from '../../../src/approvals/signing/approver-set.js';
import { parsePublicKey } from '../../../src/approvals/signing/public-key.js';
import { answerText } from '../../../src/approvals/signing/signed-text.js';
import { verifies } from '../../requirements.js';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const DER = publicKey.export({ format: 'der', type: 'spki' });
const RAW = DER.subarray(-32);
const alice = { name: 'alice', public_key: RAW.toString('base64') };
const bob = {
  name: 'bob',
  public_key: generateKeyPairSync('ed25519')
    .publicKey.export({ format: 'der', type: 'spki' })
    .toString('base64'),
};
const signed = (text: string): string => sign(null, Buffer.from(text), privateKey).toString('base64');

describe('a set of approvers', () => {
  verifies('approval:signature:required');

  test('that is empty asks for no signature', () => {
    const none = createApproverSet([]);
    expect([none.names, none.required, none.fingerprint]).toEqual([[], false, null]);
    expect(none.verify('alice', 'text', signed('text'))).toBe(false);
  });

  test('knows its members, in whatever order and spelling they were named', () => {
    const set = createApproverSet([bob, alice]);
    const other = createApproverSet([{ name: 'alice', public_key: DER.toString('base64') }, bob]);
    expect([set.names, set.required]).toEqual([['alice', 'bob'], true]);
    expect(set.fingerprint).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(other.fingerprint).toBe(set.fingerprint);
    expect(createApproverSet([alice]).fingerprint).not.toBe(set.fingerprint);
    expect(createApproverSet([{ ...alice, name: 'bob' }]).fingerprint).not.toBe(
      createApproverSet([alice]).fingerprint,
    );
  });

  test('counts the signature of the named member over this very text only', () => {
    const set = createApproverSet([alice, bob]);
    expect(set.verify('alice', 'text', signed('text'))).toBe(true);
    expect(set.verify('bob', 'text', signed('text'))).toBe(false);
    expect(set.verify('carol', 'text', signed('text'))).toBe(false);
    expect(set.verify('__proto__', 'text', signed('text'))).toBe(false);
    expect(set.verify('alice', 'text ', signed('text'))).toBe(false);
  });

  test('never throws and never counts a malformed signature', () => {
    const set = createApproverSet([alice]);
    const good = signed('text');
    const spellings = [
      '',
      '=',
      good.slice(0, -1),
      ` ${good}`,
      `${good}\n`,
      good.replace(/==$/, ''),
      `${good}AAAA`,
    ];
    for (const text of [...spellings, Buffer.alloc(64).toString('base64'), '\u0000', 'é']) {
      expect([text, set.verify('alice', 'text', text)]).toEqual([text, false]);
    }
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.base64String(), (name, text, signature) => {
        expect(set.verify(name, text, signature)).toBe(false);
      }),
    );
  });

  test('no bit of a signature may be changed', () => {
    const set = createApproverSet([alice]);
    const bytes = Buffer.from(signed('text'), 'base64');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(set.verify('alice', 'text', changed.toString('base64'))).toBe(false);
    }
  });

  test('refuses two members of one name', () => {
    expect(() => createApproverSet([alice, { ...bob, name: 'alice' }])).toThrow('alice is named twice');
  });
});

test('every member of an answer is signed', () => {
  verifies('approval:signature:covers');
  const answer: ApprovalAnswer = {
    v: 1,
    id: 'apr_a',
    digest: 'sha256:00',
    decision: 'denied',
    remember: { scope: 'session', input: { '$.a': { eq: 1 } }, expires_at: null },
    reason: 'no',
    approver: 'alice',
    channel: 'terminal',
    presence: 'signature',
    answered_at: '2026-01-01T00:00:00.000Z',
    expires_at: '2026-01-01T00:05:00.000Z',
    signature: null,
  };
  const set = createApproverSet([alice]);
  const signature = signed(answerText(answer));
  expect(set.verify('alice', answerText({ ...answer, signature }), signature)).toBe(true);
  const changes: Partial<ApprovalAnswer>[] = [
    { id: 'apr_b' },
    { digest: 'sha256:01' },
    { decision: 'approved' },
    { remember: null },
    { remember: { scope: 'user', input: { '$.a': { eq: 1 } }, expires_at: null } },
    { remember: { scope: 'session', input: { '$.a': { exists: true } }, expires_at: null } },
    { reason: null },
    { approver: 'bob' },
    { channel: 'client' },
    { presence: 'script' },
    { answered_at: '2026-01-01T00:00:01.000Z' },
    { expires_at: '2027-01-01T00:00:00.000Z' },
  ];
  expect(new Set(changes.flatMap((change) => Object.keys(change))).size).toBe(Object.keys(answer).length - 2);
  for (const change of changes) {
    expect(set.verify('alice', answerText({ ...answer, ...change }), signature)).toBe(false);
  }
});

describe('a public key', () => {
  test.each([
    ['no base64', 'not a key!', /in base64/],
    ['nothing', '', /in base64/],
    ['a short one', RAW.subarray(1).toString('base64'), /got 31 bytes/],
    [
      'the form of another kind of key',
      Buffer.concat([Buffer.alloc(12), RAW]).toString('base64'),
      /got 44 bytes/,
    ],
    ['a placeholder', Buffer.alloc(32).toString('base64'), /a weak one/],
    [
      'a point of small order with its sign',
      Buffer.from(`ec${'ff'.repeat(31)}`, 'hex').toString('base64'),
      /a weak one/,
    ],
    ['PEM', publicKey.export({ format: 'pem', type: 'spki' }).toString(), /in base64/],
  ])('is refused where it is %s', (_what, text, expected) => {
    expect(() => parsePublicKey(text)).toThrow(expected);
  });
});
