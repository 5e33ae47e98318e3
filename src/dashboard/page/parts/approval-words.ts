import type { Approval } from '../../contract/approvals.js';
import type { ApprovalEnd } from '../api/client.js';
import { duration } from './format.js';

/** A request as the API gives it. */
export type ShownRequest = Approval['request'];

/** How a request ended, in a sentence; the reason is a person's own text. */
export function endWords(end: ApprovalEnd | null): string {
  if (end === null) return 'over; how it ended is not known here';
  const by = end.approver === null ? '' : ` by ${end.approver}`;
  const where = end.channel === null ? '' : ` (${end.channel})`;
  const why = end.reason === null || end.reason === '' ? '' : `: ${end.reason}`;
  return `${end.state}${by}${where} after ${duration(end.waited_ms)}${why}`;
}

/** A call that may destroy something, or whose tool changed: it wants the end of its id. */
export function isGrave({ destructive, standing }: ShownRequest): boolean {
  return destructive || standing === 'drifted';
}

/** Characters of a grave call's id that have to be typed. */
export const GRAVE_CHARS = 4;

/** What has to be typed before a grave call can be approved. */
function graveCode(request: ShownRequest): string {
  return request.id.slice(-GRAVE_CHARS);
}

/** Why a call cannot be approved from here now; null where it can. */
export function whyNotApprove(
  { request, answerable }: Pick<Approval, 'request' | 'answerable'>,
  { wasRead, typed }: { readonly wasRead: boolean; readonly typed: string },
): string | null {
  if (!answerable.approve) return answerable.why ?? 'it cannot be approved from here';
  if (!request.arguments_complete)
    return 'its arguments are too large to be shown whole: it can only be denied';
  if (!wasRead) return 'read the arguments to their end first';
  if (isGrave(request) && typed !== graveCode(request)) {
    return 'type the last four characters of its id: this call may destroy something, or its tool changed';
  }
  return null;
}
