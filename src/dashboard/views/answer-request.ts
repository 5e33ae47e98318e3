import type { AnswerDraft, Approver } from '../../approvals/board.js';
import type { AnswerReceipt } from '../../approvals/channel.js';
import { REASON_CHARS_MAX } from '../../platform/bounds.js';
import { printable } from '../../platform/printable.js';
import type { Answered, ApproveBody, BreakGlassBody, DenyBody } from '../contract/approvals.js';
import { Stop } from '../http/reply.js';
import type { Caller } from '../login/gate.js';
import type { DashboardSource } from '../source.js';
import { answerable, type ApprovalViews, type FoundPending } from './approval-views.js';
import { recordFirst } from './record-first.js';
import { rememberedOf } from './remember-view.js';

/** What a person decided, and how. */
export type Deed =
  | { readonly kind: 'approve'; readonly body: ApproveBody }
  | { readonly kind: 'deny'; readonly body: DenyBody }
  | { readonly kind: 'break-glass'; readonly body: BreakGlassBody };

export interface AnswerParts {
  readonly source: DashboardSource;
  readonly views: ApprovalViews;
}

/**
 * Answers a request in a person's name: looked at, recorded, then handed to the process that holds the
 * call, which judges it as any other answer. Throws Stop where it does not count.
 */
export async function answerRequest(
  id: string,
  deed: Deed,
  caller: Caller,
  { source, views }: AnswerParts,
): Promise<Answered> {
  const pending = findPending(id, views);
  const { request } = pending;
  const draft = draftOf(pending, deed);
  recordFirst(() =>
    source.record('dashboard-answer', {
      id,
      request_id: request.request_id,
      writer: request.writer,
      decision: draft.decision,
      break_glass: deed.kind === 'break-glass',
      remember: draft.remember?.scope ?? null,
      by: caller.name,
      session: caller.id,
      login: caller.by,
      reason: draft.reason,
    }),
  );
  const approver: Approver = {
    name: caller.name,
    // A program with the secret shows no person.
    presence: caller.by === 'cookie' ? 'dashboard' : 'script',
  };
  const board = source.openBoard(approver);
  let receipt: AnswerReceipt;
  try {
    receipt = await board.answer(request, draft);
  } finally {
    board.close();
  }
  if (receipt.kind === 'late') throw late(receipt.end);
  if (receipt.kind === 'refused') {
    throw new Stop('refused', `the answer did not count: ${printable(receipt.why)}`);
  }
  if (draft.remember === null) return { kind: 'accepted', remembered: null };
  // That of a session is kept by the guard that holds the call.
  const trouble =
    draft.remember.scope === 'session' ? undefined : await source.save(request, draft, approver);
  return {
    kind: 'accepted',
    remembered: { saved: trouble === undefined, trouble: trouble === undefined ? null : printable(trouble) },
  };
}

/** The request while it waits. Throws Stop `late`, `not-found`. */
export function findPending(id: string, views: ApprovalViews): FoundPending {
  const pending = views.find(id);
  if (pending !== undefined) return pending;
  const ended = views.findEnded(id);
  if (ended !== undefined) throw late(ended.end);
  throw new Stop('not-found', 'no call with this id waits for an answer');
}

function draftOf(pending: FoundPending, { kind, body }: Deed): AnswerDraft {
  const { request } = pending;
  const can = answerable(pending);
  const isDenial = kind === 'deny';
  if (!(isDenial ? can.deny : can.approve)) {
    const command = can.command?.replace('approve', isDenial ? 'deny' : 'approve');
    const code = request.approvers === null ? 'refused' : 'signature-needed';
    throw new Stop(code, can.why ?? 'it cannot be answered here', command === undefined ? {} : { command });
  }
  if (body.digest !== request.digest) {
    throw new Stop('refused', 'it is another call than the one that was shown: look at it again');
  }
  const text = body.reason?.trim() ?? '';
  const reason = kind === 'break-glass' ? `break-glass: ${text}` : text;
  const remember = kind === 'approve' ? (body.remember ?? null) : null;
  return {
    decision: isDenial ? 'denied' : 'approved',
    reason: reason === '' ? null : reason.slice(0, REASON_CHARS_MAX),
    remember: remember === null ? null : rememberedOf(request, remember),
  };
}

function late(end: Extract<AnswerReceipt, { kind: 'late' }>['end']): Stop {
  const how =
    end === null ? '' : `: ${end.state}${end.approver === null ? '' : ` by ${printable(end.approver)}`}`;
  return new Stop('late', `it is not pending any more${how}`, { end: end === null ? null : { ...end } });
}
