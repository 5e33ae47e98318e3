import type { ApprovalRequest } from '../approvals/request.js';
import { APPROVAL_MESSAGE_CHARS_MAX } from '../platform/bounds.js';
import { printable } from '../platform/printable.js';

/**
 * What a dialog of the client shows. Null where the arguments do not fit: nobody is asked to approve
 * what cannot be read whole.
 */
export function questionText(request: ApprovalRequest): string | null {
  if (!request.arguments_complete) return null;
  const lines = JSON.stringify(request.arguments, null, 2)
    .split('\n')
    .map((line) => printable(line));
  const shown = lines.join('\n');
  if (shown.length > APPROVAL_MESSAGE_CHARS_MAX) return null;
  const what = request.tool === null ? request.method : `the tool "${printable(request.tool)}"`;
  const asking = request.rules.map(({ layer, name, message }) =>
    message === null ? `${layer}/${printable(name)}` : `${layer}/${printable(name)}: ${printable(message)}`,
  );
  return [
    `guard: may the agent use ${what} of the server "${printable(request.server)}"?`,
    ...(request.destructive ? ['It says of itself that it may destroy or overwrite, or says nothing.'] : []),
    ...(request.target === null ? [] : [`target: ${printable(request.target)}`]),
    `arguments: ${shown}`,
    `asked for by ${asking.join('; ')}`,
    `request ${request.id}; it can also be answered with: guard approve`,
  ].join('\n');
}
