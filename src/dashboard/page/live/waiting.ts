import type { Approvals, PendingApprovalView } from '../../contract/approvals.js';
import type { ApprovalEnd } from '../api/client.js';

/** A call that waits, with the moment of this page's own clock when its time is over. */
export interface Waiting {
  readonly view: PendingApprovalView;
  readonly overAtMs: number;
}

/** What waits, oldest first, and what ended while the page was open. */
export interface WaitingCalls {
  readonly pending: readonly Waiting[];
  /** By id; null: it is over and nobody knows how. */
  readonly ended: ReadonlyMap<string, ApprovalEnd | null>;
  /** Newest first, with their requests. */
  readonly history: Approvals['ended'];
  readonly troubles: readonly string[];
}

export const NOTHING_WAITS: WaitingCalls = { pending: [], ended: new Map(), history: [], troubles: [] };

/** The whole truth as it was read. `ended` is kept: a call that somebody looks at says how it ended. */
export function readWhole(calls: WaitingCalls, read: Approvals, nowMs: number): WaitingCalls {
  const ended = new Map<string, ApprovalEnd | null>(read.ended.map(({ request, end }) => [request.id, end]));
  const still = new Set(read.pending.map(({ request }) => request.id));
  for (const [id, end] of calls.ended) if (!ended.has(id) && !still.has(id)) ended.set(id, end);
  for (const { view } of calls.pending) {
    const { id } = view.request;
    if (!still.has(id) && !ended.has(id)) ended.set(id, null);
  }
  return {
    pending: read.pending.map((view) => waitingOf(view, nowMs)),
    ended,
    history: read.ended,
    troubles: read.troubles,
  };
}

/** A request that is new, or changed. */
export function taken(calls: WaitingCalls, view: PendingApprovalView, nowMs: number): WaitingCalls {
  const fresh = waitingOf(view, nowMs);
  const { id } = view.request;
  const isKnown = calls.pending.some((waiting) => waiting.view.request.id === id);
  const pending = isKnown
    ? calls.pending.map((waiting) => (waiting.view.request.id === id ? fresh : waiting))
    : [...calls.pending, fresh].sort((one, other) => order(one) - order(other));
  return { ...calls, pending };
}

/** A request that is over. */
export function over(calls: WaitingCalls, id: string, end: ApprovalEnd | null): WaitingCalls {
  const gone = calls.pending.find(({ view }) => view.request.id === id);
  return {
    ...calls,
    pending: calls.pending.filter((waiting) => waiting !== gone),
    ended: new Map(calls.ended).set(id, end),
    history:
      gone === undefined || end === null
        ? calls.history
        : [{ request: gone.view.request, end }, ...calls.history].slice(0, HISTORY_SHOWN),
  };
}

const HISTORY_SHOWN = 50;

function waitingOf(view: PendingApprovalView, nowMs: number): Waiting {
  return { view, overAtMs: nowMs + view.remaining_ms };
}

function order({ view }: Waiting): number {
  return Date.parse(view.request.created_at);
}
