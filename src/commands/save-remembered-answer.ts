import { APPROVAL_ANSWER_VERSION, type ApprovalAnswer } from '../approvals/answer.js';
import type { AnswerDraft } from '../approvals/board.js';
import { entryOf } from '../approvals/remember/proposal.js';
import { createRememberedId } from '../approvals/remember/remembered-id.js';
import { saveRemembered } from '../approvals/remember/remembered-store.js';
import type { ApprovalRequest } from '../approvals/request.js';
import { rememberedText } from '../approvals/signing/signed-text.js';
import { messageOf } from '../platform/errors.js';
import { guardPaths } from '../platform/paths.js';
import { stateFiles } from '../platform/state-files.js';
import type { ApproverHand } from './approver-hand.js';
import type { Tools } from './command.js';

/** Who answers, and by which channel. */
type AnsweringHand = Pick<ApproverHand, 'approver'> & { readonly channel?: string };

/**
 * Keeps an approval for later calls, signed where the approver's key is open. Resolves with what was
 * wrong: the approval itself was given already.
 */
export async function saveRememberedAnswer(
  request: ApprovalRequest,
  draft: AnswerDraft,
  { approver, channel = 'terminal' }: AnsweringHand,
  { env, clock }: Pick<Tools, 'env' | 'clock'>,
): Promise<string | undefined> {
  const answer: ApprovalAnswer = {
    v: APPROVAL_ANSWER_VERSION,
    id: request.id,
    digest: request.digest,
    ...draft,
    approver: approver.name,
    channel,
    presence: approver.presence,
    answered_at: clock.timestamp(),
    expires_at: request.expires_at,
    signature: null,
  };
  try {
    const entry = entryOf(request, answer, createRememberedId());
    const signature = approver.sign?.(rememberedText(entry)) ?? null;
    await saveRemembered(stateFiles(guardPaths(env)).remembered, { ...entry, signature });
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}
