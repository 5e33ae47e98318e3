import { ERROR_CODES } from '../jsonrpc/error-codes.js';
import type { Refusal, RefusalReason } from '../jsonrpc/message.js';
import { errorFrame } from '../jsonrpc/replies.js';

/** The error code that a refused line is answered with; JSON-RPC 2.0, section 5.1. */
function codeOf(reason: RefusalReason): number {
  switch (reason) {
    case 'not-utf8':
    case 'byte-order-mark':
    case 'control-byte':
    case 'not-json':
      return ERROR_CODES.parseError;
    case 'bad-params':
      return ERROR_CODES.invalidParams;
    case 'too-large':
      return ERROR_CODES.frameTooLarge;
    case 'too-many-pending':
      return ERROR_CODES.tooManyPending;
    case 'too-deep':
    case 'batch':
    case 'not-object':
    case 'duplicate-key':
    case 'ambiguous-key':
    case 'escaped-key':
    case 'unknown-member':
    case 'too-many-members':
    case 'bad-version':
    case 'bad-id':
    case 'bad-method':
    case 'mixed-kinds':
    case 'no-kind':
    case 'unfinished-line':
    case 'id-in-use':
    case 'unsolicited-answer':
    case 'call-without-id':
      return ERROR_CODES.invalidRequest;
  }
}

/** The frame that tells the client why its line was refused; null where no answer is due. */
export function refusalFrame(refusal: Refusal): Buffer | null {
  if (refusal.id === undefined) return null;
  const message = `guard refused the message: ${refusal.detail}`;
  return errorFrame(refusal.id, codeOf(refusal.reason), message, { blocked: true, reason: refusal.reason });
}
