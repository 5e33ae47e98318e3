import type { AnswerDraft } from '../approvals/board.js';
import type { AnswerReceipt, ApprovalEnd } from '../approvals/channel.js';
import type { ApprovalRequest } from '../approvals/request.js';
import { revealed } from '../platform/hidden-characters.js';
import type { Notice } from './screen-state.js';

/** What a request is called on one line: server, then tool or method. Printable. */
export function nameOf(request: ApprovalRequest): string {
  const target = request.tool === null && request.target !== null ? ` ${request.target}` : '';
  return revealed(`${request.server} ${request.tool ?? request.method}${target}`);
}

/** How a request ended, as the end of a sentence. Printable. */
export function endText(end: ApprovalEnd): string {
  const by = end.approver === null ? '' : ` by ${revealed(end.approver)}`;
  const through = end.channel === null ? '' : ` through ${revealed(end.channel)}`;
  const why = end.reason === null || end.reason === '' ? '' : `: ${revealed(end.reason)}`;
  switch (end.state) {
    case 'approved':
    case 'denied':
      return `was ${end.state}${by}${through}${why}`;
    case 'expired':
      return `has expired${why}`;
    case 'withdrawn':
      return `was withdrawn${why}`;
  }
}

/** What became of an answer. */
export function receiptNotice(request: ApprovalRequest, draft: AnswerDraft, receipt: AnswerReceipt): Notice {
  const name = nameOf(request);
  switch (receipt.kind) {
    case 'accepted': {
      const forHowLong = draft.remember === null ? '' : ` (${draft.remember.scope})`;
      return { tone: 'good', text: `${draft.decision}: ${name}${forHowLong}` };
    }
    case 'late': {
      const how = receipt.end === null ? 'is over' : endText(receipt.end);
      return { tone: 'warning', text: `too late: ${name} ${how}` };
    }
    case 'refused':
      return { tone: 'bad', text: `the answer did not count: ${revealed(receipt.why)}` };
  }
}
