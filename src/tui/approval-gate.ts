import type { ApprovalRequest } from '../approvals/request.js';
import type { Reading } from './reading.js';

/** Whether a request may be approved as it stands on the screen, and if not, why. */
export type Gate =
  | { readonly kind: 'open' }
  /** The end of the request's id has to be typed first. */
  | { readonly kind: 'confirm'; readonly expected: string }
  | {
      readonly kind: 'closed';
      readonly why: string;
      /** The same for a narrow terminal. */
      readonly short: string;
    };

const CONFIRM_CHARS = 4;

export function approvalGate(request: ApprovalRequest, reading: Reading | undefined): Gate {
  if (!request.arguments_complete) {
    const why = 'cannot be approved: its arguments are too large to be shown whole';
    return { kind: 'closed', why, short: 'too large to be shown: only deny' };
  }
  if (reading?.isWhole !== true) {
    const why = 'read the arguments to their end before you approve (space)';
    return { kind: 'closed', why, short: 'unread: space goes on' };
  }
  const isGrave = request.destructive || request.standing === 'drifted';
  return isGrave ? { kind: 'confirm', expected: request.id.slice(-CONFIRM_CHARS) } : { kind: 'open' };
}
