import type { ApprovalRequest } from '../approvals/request.js';
import { nameOf } from './end-text.js';

const NAME_CHARS = 80;

/**
 * The sequences that make a terminal show a notification of the desktop, in both dialects (OSC 9 and
 * OSC 777). Guard's own words and names; a semicolon would end a field, and what ends the sequence is
 * not printable.
 */
export function notificationText(requests: readonly ApprovalRequest[]): string {
  const [first] = requests;
  if (first === undefined) return '';
  const name = nameOf(first).replaceAll(';', ',').slice(0, NAME_CHARS);
  const more = requests.length > 1 ? ` and ${requests.length - 1} more` : '';
  const text = `a call waits for an answer: ${name}${more}`;
  return `\u001b]9;guard: ${text}\u0007\u001b]777;notify;guard;${text}\u0007`;
}
