import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import type { ApprovalAnswer } from '../../src/approvals/answer.js';
import { type ApproverSet, createApproverSet } from '../../src/approvals/signing/approver-set.js';
import { answerText } from '../../src/approvals/signing/signed-text.js';
import { approvalAnswer } from '../support/approval-requests.js';
import type { MemoryChannel } from '../support/memory-channel.js';
import type { Random } from '../support/random.js';
import type { Asked, Book } from './book.js';

const ENROLLED = generateKeyPairSync('ed25519');
const STRANGER = generateKeyPairSync('ed25519');

/** The approvers of the seeds in which answers must be signed. */
export const SIGNERS: ApproverSet = createApproverSet([
  { name: 'ana', public_key: ENROLLED.publicKey.export({ type: 'spki', format: 'der' }).toString('base64') },
]);
export const NO_SIGNERS: ApproverSet = createApproverSet([]);

export type AnswerKind =
  | 'good'
  | 'digest'
  | 'unsigned'
  | 'forged'
  | 'edited'
  | 'replayed'
  | 'scope'
  | 'claims';
export const BAD_ANSWERS: readonly AnswerKind[] = [
  'digest',
  'unsigned',
  'forged',
  'edited',
  'replayed',
  'scope',
  'claims',
];

/** People who answer, and others who would like to. */
export class Approvers {
  /** Answers that counted, as anybody who reads the bus could have kept them. */
  readonly kept: ApprovalAnswer[] = [];
  readonly #book: Book;
  readonly #signed: boolean;
  readonly #random: Random;

  constructor(book: Book, signed: boolean, random: Random) {
    this.#book = book;
    this.#signed = signed;
    this.#random = random;
  }

  /** Gives an answer; returns what the desk did wrong with it, if anything. */
  answer(channel: MemoryChannel, asked: Asked, kind: AnswerKind): string | undefined {
    const decision = this.#random.below(4) === 0 ? 'denied' : 'approved';
    const { answer, counts } = this.#made(asked, decision, channel.name, kind);
    const listens = channel.shown.has(answer.id);
    const valid = counts && listens && this.#book.isOpen(asked);
    // The call is forwarded before the desk says that the answer was accepted.
    if (valid && answer.decision === 'approved') asked.approval = answer;
    if (valid && answer.decision === 'denied') asked.denied = true;
    const receipt = channel.answer(answer);
    if (valid && receipt?.kind !== 'accepted') return `a good answer was ${JSON.stringify(receipt)}`;
    if (!valid && receipt?.kind === 'accepted') return `a bad answer (${kind}) was accepted`;
    if (valid) this.kept.push(answer);
    return undefined;
  }

  #made(
    asked: Asked,
    decision: ApprovalAnswer['decision'],
    channel: string,
    kind: AnswerKind,
  ): { answer: ApprovalAnswer; counts: boolean } {
    const { request } = asked;
    const remembers = decision === 'approved' && this.#random.below(5) === 0;
    const n = (request.arguments as { n: number }).n;
    const remember = { scope: 'session', input: { '$.n': { eq: n } }, expires_at: null } as const;
    const plain = approvalAnswer(request, decision, { channel, remember: remembers ? remember : null });
    const good = this.#signed ? signed(plain, ENROLLED.privateKey) : plain;
    switch (kind) {
      case 'good':
        return { answer: good, counts: true };
      case 'digest':
        return { answer: this.#resigned({ ...good, digest: `sha256:${'0'.repeat(64)}` }), counts: false };
      case 'unsigned':
        return { answer: { ...good, signature: null, presence: 'terminal' }, counts: !this.#signed };
      case 'forged':
        return { answer: signed(plain, STRANGER.privateKey), counts: false };
      case 'edited':
        return { answer: { ...good, reason: 'edited' }, counts: !this.#signed };
      case 'scope':
        return {
          answer: this.#resigned({ ...good, decision: 'approved', remember: { ...remember, scope: 'user' } }),
          counts: false,
        };
      case 'claims':
        return { answer: { ...plain, presence: 'signature' }, counts: false };
      case 'replayed': {
        const old = this.kept.length === 0 ? undefined : this.#random.pick(this.kept);
        if (old === undefined) return { answer: { ...good, id: 'apr_none' }, counts: false };
        // Without signatures whoever knows id and digest can answer: that is what signatures are for.
        const counts = !this.#signed && old.digest === request.digest;
        return { answer: { ...old, id: request.id, expires_at: request.expires_at }, counts };
      }
    }
  }

  #resigned(answer: ApprovalAnswer): ApprovalAnswer {
    return this.#signed ? signed(answer, ENROLLED.privateKey) : answer;
  }
}

function signed(answer: ApprovalAnswer, key: KeyObject): ApprovalAnswer {
  const claimed: ApprovalAnswer = { ...answer, presence: 'signature' };
  return { ...claimed, signature: sign(null, Buffer.from(answerText(claimed)), key).toString('base64') };
}
