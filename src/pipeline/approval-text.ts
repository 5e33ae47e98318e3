import type { ApprovalNote } from '../approvals/asked-call.js';
import type { ApprovalRequest } from '../approvals/request.js';
import type { Denial } from '../mcp/denial.js';
import type { Decision } from '../policy/decision.js';
import { subjectName, unavailableDenial } from './denial-text.js';
import type { GovernedCall } from './ruling.js';

/** The denial of a call that a person refused, or that nobody answered in time. */
export function approvalDenial(call: GovernedCall, decision: Decision, note: ApprovalNote): Denial {
  const { feedback } = decision;
  // An end by time has no reason; where nobody could be reached, it says why.
  if (note.state === 'expired' && note.reason !== null) return unreachableDenial(call, decision, note);
  const refused = note.state === 'denied';
  const why = note.reason === null || note.reason === '' ? '' : ` Their reason: "${note.reason}".`;
  return {
    reason: refused ? 'approval_denied' : 'approval_timeout',
    message: refused
      ? `${subjectName(call)} was not executed: a person denied it.${why}`
      : `${subjectName(call)} was not executed: nobody approved it in time.`,
    suggestion:
      feedback?.suggestion ??
      (refused
        ? 'Do not repeat the call or reach the same end another way. Ask the user how to go on.'
        : 'Tell the user that the call waits for an approval, and repeat it with the same arguments when they are there.'),
    rule: decision.rule.name,
    action: 'require_approval',
    retryAllowed: !refused,
    requestId: call.requestId,
    approval: { id: note.id, state: note.state },
  };
}

function unreachableDenial(call: GovernedCall, decision: Decision, note: ApprovalNote): Denial {
  return {
    ...unavailableDenial(call, decision, 'approval_unavailable', `${note.reason ?? ''}.`),
    approval: { id: note.id, state: note.state },
  };
}

/**
 * What the agent reads when its client cannot wait any longer: the request stays open, and an
 * answer counts for the identical call.
 */
export function pendingDenial(
  call: GovernedCall,
  decision: Decision,
  request: ApprovalRequest,
  retryAfterMs: number,
): Denial {
  const seconds = Math.round(retryAfterMs / 1000);
  return {
    reason: 'approval_pending',
    message: `${subjectName(call)} waits for a person to approve it (${request.id}). Nothing was executed.`,
    suggestion:
      `Make the same call again with the same arguments in about ${seconds} s: once it is approved, it passes. ` +
      'Do not change the arguments and do not work around it.',
    rule: decision.rule.name,
    action: 'require_approval',
    retryAllowed: true,
    retryAfterMs,
    requestId: call.requestId,
    approval: { id: request.id, state: 'pending', expires_at: request.expires_at },
  };
}
