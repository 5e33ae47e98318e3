import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { ApprovalAnswer, Remembered } from '../../src/approvals/answer.js';
import { answerFault, type SignatureCheck } from '../../src/approvals/check-answer.js';
import { createApproverSet } from '../../src/approvals/signing/approver-set.js';
import { answerText } from '../../src/approvals/signing/signed-text.js';
import { verifies } from '../requirements.js';
import { approvalAnswer, approvalRequest } from '../support/approval-requests.js';

const request = approvalRequest(1);
const UNSIGNED: SignatureCheck = { required: false, verify: () => false };

function remember(scope: Remembered['scope']): Remembered {
  return { scope, input: {}, expires_at: null };
}

describe('without approvers', () => {
  const HELD = 'it answers another call than the one that is held: look at the request again';

  test.each<[string, Partial<ApprovalAnswer>, string | null, Partial<typeof request>?]>([
    ['a good answer', {}, null],
    ['a good denial', { decision: 'denied' }, null],
    ['a good answer that is remembered', { remember: remember('session') }, null],
    ['another id', { id: 'apr_00000000000000000002' }, HELD],
    ['another digest', { digest: 'sha256:0' }, HELD],
    ['a digest in capitals', { digest: request.digest.toUpperCase() }, HELD],
    [
      'a channel that may not answer',
      {},
      'the rule does not let the channel "terminal" answer',
      { channels: ['slack'] },
    ],
    ['a claim', { presence: 'signature' }, 'it claims a signature, and no approvers are enrolled here'],
    [
      'a remembered denial',
      { decision: 'denied', remember: remember('session') },
      'a denial cannot be remembered',
    ],
    [
      'an approval of what was not shown',
      {},
      'the arguments are too large to be read whole: it can only be denied',
      { arguments_complete: false },
    ],
    ['a denial of what was not shown', { decision: 'denied' }, null, { arguments_complete: false }],
    [
      'what is not to be remembered',
      { remember: remember('session') },
      'the rule does not let answers be remembered',
      { remember: null },
    ],
    [
      'a wider scope',
      { remember: remember('project') },
      'the rule lets answers be remembered for the session at most, not for the project',
    ],
    [
      'the widest scope',
      { remember: remember('user') },
      'the rule lets answers be remembered for the project at most, not for the user',
      { remember: 'project' },
    ],
    ['a narrower scope', { remember: remember('project') }, null, { remember: 'user' }],
  ])('%s', (_, answer, why, changes = {}) => {
    verifies('approval:answer:checked');
    const held = { ...request, ...changes };
    expect(answerFault(approvalAnswer(request, 'approved', answer), held, 'terminal', UNSIGNED)).toBe(why);
  });
});

describe('with approvers', () => {
  const ana = generateKeyPairSync('ed25519');
  const eve = generateKeyPairSync('ed25519');
  const approvers = createApproverSet([
    { name: 'ana', public_key: ana.publicKey.export({ type: 'spki', format: 'der' }).toString('base64') },
  ]);

  function signed(changes: Partial<ApprovalAnswer> = {}, key = ana.privateKey): ApprovalAnswer {
    const answer = approvalAnswer(request, 'approved', { presence: 'signature', ...changes });
    return { ...answer, signature: sign(null, Buffer.from(answerText(answer)), key).toString('base64') };
  }
  const fault = (answer: ApprovalAnswer): string | null =>
    answerFault(answer, request, 'terminal', approvers);

  test('only what one of them signed counts', () => {
    expect(fault(signed())).toBeNull();
    expect(fault(signed({ decision: 'denied' }))).toBeNull();
    const unsigned = 'it is not signed, and this guard counts only signed answers';
    expect(fault(approvalAnswer(request, 'approved'))).toBe(unsigned);
    expect(fault(approvalAnswer(request, 'denied'))).toBe(unsigned);
    const stranger = 'its signature is not one of the enrolled approver';
    expect(fault(signed({}, eve.privateKey))).toBe(`${stranger} "ana"`);
    expect(fault(signed({ approver: 'eve' }, eve.privateKey))).toBe(`${stranger} "eve"`);
    expect(fault({ ...signed(), signature: '' })).toBe(`${stranger} "ana"`);
  });

  test('a signature for another time counts for nothing', () => {
    expect(fault(signed({ expires_at: '2036-01-01T00:00:00.000Z' }))).toBe(
      'its signature is for another time than the request',
    );
  });

  test('nothing of what was signed can be changed', () => {
    const answer = signed({ decision: 'denied', reason: 'no' });
    const changes: Partial<ApprovalAnswer>[] = [
      { decision: 'approved' },
      { reason: 'yes' },
      { remember: remember('session'), decision: 'approved' },
      { channel: 'other' },
      { presence: 'terminal' },
      { answered_at: '2026-11-22T09:00:00.000Z' },
    ];
    for (const change of changes)
      expect([change, fault({ ...answer, ...change })]).not.toEqual([change, null]);
    // Taken along to another request it is for another call.
    const other = approvalRequest(2);
    expect(
      answerFault({ ...answer, id: other.id, digest: other.digest }, other, 'terminal', approvers),
    ).not.toBeNull();
  });
});

describe('with approvers, from a channel whose answers may be unsigned', () => {
  verifies('approval:unsigned:named');
  const held = { ...request, channels: ['slack', 'ops', 'terminal'] };
  const signatures: SignatureCheck = {
    required: true,
    unsignedChannels: new Set(['slack']),
    verify: () => false,
  };

  test.each<[string, string, Partial<ApprovalAnswer>, string | null]>([
    ['it counts', 'slack', {}, null],
    ['a denial counts', 'slack', { decision: 'denied' }, null],
    [
      'it is never remembered',
      'slack',
      { remember: remember('session') },
      'it is not signed, so it cannot stand for later calls',
    ],
    [
      'another channel is none of it',
      'ops',
      {},
      'it is not signed, and this guard counts only signed answers',
    ],
    [
      'nor does claiming its name help',
      'terminal',
      { channel: 'slack' },
      'it is not signed, and this guard counts only signed answers',
    ],
    [
      'a signature that is there is held against the approvers',
      'slack',
      { signature: 'AAAA' },
      'its signature is not one of the enrolled approver "ana"',
    ],
  ])('%s', (_, channel, more, why) => {
    expect(answerFault(approvalAnswer(request, 'approved', more), held, channel, signatures)).toBe(why);
  });
});
