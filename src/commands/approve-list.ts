import type { ApprovalBoard, PendingApproval } from '../approvals/board.js';
import { LIST_ARGUMENT_CHARS_MAX } from '../platform/bounds.js';
import { printable } from '../platform/printable.js';
import { shownJsonLine } from './json-print.js';

/** What waits, for a person without a screen: two lines for each call, and one for each channel that it did not reach. */
export function listText(board: ApprovalBoard): string {
  const pending = board.pending();
  if (pending.length === 0) return 'no call waits for an answer\n';
  return pending.map(entryText).join('');
}

/** The requests themselves, one per line, with `remaining_ms`; safe to show in a terminal. */
export function listJson(board: ApprovalBoard): string {
  return board
    .pending()
    .map(({ request, remainingMs }) => shownJsonLine({ ...request, remaining_ms: remainingMs }))
    .join('');
}

function entryText({ request, remainingMs }: PendingApproval): string {
  const marks = [
    request.destructive ? 'DESTRUCTIVE' : '',
    request.standing === 'drifted' ? 'TOOL CHANGED' : '',
    request.arguments_complete ? '' : 'ARGUMENTS NOT SHOWN WHOLE',
    request.approvers === null ? '' : 'must be signed',
  ].filter((mark) => mark !== '');
  const words = [
    request.id,
    `${Math.ceil(remainingMs / 1000)} s left`,
    request.server,
    request.tool ?? [request.method, request.target].filter((part) => part !== null).join(' '),
    request.agent === null ? '' : `agent ${request.agent}`,
    `rule ${request.rules.map(({ layer, name }) => `${layer}/${name}`).join(', ')}`,
    ...marks,
  ].filter((word) => word !== '');
  const shown = printable(JSON.stringify(request.arguments), LIST_ARGUMENT_CHARS_MAX);
  const undelivered = request.undelivered.map(
    ({ channel, why }) => `    not delivered to ${printable(`${channel}: ${why}`)}\n`,
  );
  return `${words.map((word) => printable(word)).join('  ')}\n    ${shown}\n${undelivered.join('')}`;
}
