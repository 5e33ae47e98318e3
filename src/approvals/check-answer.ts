import type { ApprovalAnswer } from './answer.js';
import type { RememberScope } from './request.js';
import type { ApprovalRequest } from './request.js';
import { answerText } from './signing/signed-text.js';

/** The part of the approver set that answers are held against. */
export interface SignatureCheck {
  /** Whether answers need a signature. */
  readonly required: boolean;
  /** Channels whose answers count without one all the same; they can never be remembered. */
  readonly unsignedChannels?: ReadonlySet<string>;
  /** Whether this approver is enrolled and made the signature over the text. Never throws. */
  verify(approver: string, text: string, signature: string): boolean;
}

const SCOPES: readonly RememberScope[] = ['session', 'project', 'user'];

/**
 * Why an answer does not count for the request, in words for the person; null where it does. The
 * request is the one that guard holds in memory: nothing of what lies on a bus is believed.
 */
export function answerFault(
  answer: ApprovalAnswer,
  request: ApprovalRequest,
  channel: string,
  signatures: SignatureCheck,
): string | null {
  if (answer.id !== request.id || answer.digest !== request.digest) {
    return 'it answers another call than the one that is held: look at the request again';
  }
  if (!request.channels.includes(channel)) {
    return `the rule does not let the channel "${channel}" answer`;
  }
  const unsigned = answer.signature === null && signatures.unsignedChannels?.has(channel) === true;
  if (signatures.required && unsigned) {
    if (answer.remember !== null) return 'it is not signed, so it cannot stand for later calls';
  } else if (signatures.required) {
    if (answer.signature === null) return 'it is not signed, and this guard counts only signed answers';
    if (answer.expires_at !== request.expires_at) return 'its signature is for another time than the request';
    if (!signatures.verify(answer.approver, answerText(answer), answer.signature)) {
      return `its signature is not one of the enrolled approver "${answer.approver}"`;
    }
  } else if (answer.presence === 'signature') {
    return 'it claims a signature, and no approvers are enrolled here';
  }
  if (answer.decision === 'denied') {
    return answer.remember === null ? null : 'a denial cannot be remembered';
  }
  if (!request.arguments_complete)
    return 'the arguments are too large to be read whole: it can only be denied';
  return answer.remember === null ? null : scopeFault(answer.remember.scope, request);
}

function scopeFault(scope: RememberScope, request: ApprovalRequest): string | null {
  const widest = request.remember;
  if (widest === null) return 'the rule does not let answers be remembered';
  return SCOPES.indexOf(scope) <= SCOPES.indexOf(widest)
    ? null
    : `the rule lets answers be remembered for the ${widest} at most, not for the ${scope}`;
}
