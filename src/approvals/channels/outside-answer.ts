import { APPROVAL_ANSWER_VERSION, type ApprovalAnswer } from '../answer.js';
import type { ApprovalRequest } from '../request.js';

/** What a person answered through another program. */
export type OutsideAnswer = Pick<
  ApprovalAnswer,
  'decision' | 'reason' | 'approver' | 'channel' | 'presence' | 'answered_at'
>;

/** The answer to a request, for this request alone and as long as it waits: it is never remembered, and not signed. */
export function outsideAnswer(request: ApprovalRequest, answer: OutsideAnswer): ApprovalAnswer {
  return {
    v: APPROVAL_ANSWER_VERSION,
    id: request.id,
    digest: request.digest,
    remember: null,
    expires_at: request.expires_at,
    signature: null,
    ...answer,
  };
}
