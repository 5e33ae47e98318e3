import type { ApprovalBoard, EndedApproval, PendingApproval } from '../../approvals/board.js';
import { scopesOf, whyNotRemembered } from '../../approvals/remember/proposal.js';
import type { ApprovalRequest } from '../../approvals/request.js';
import { APPROVALS_ENDED_MAX } from '../../platform/bounds.js';
import type { Approval, Approvals, EndedApprovalView, PendingApprovalView } from '../contract/approvals.js';
import { Stop } from '../http/reply.js';
import type { DashboardSource } from '../source.js';

const ENDED = 50;
const ENDED_MOST = 200;

/** A pending request and whether the dashboard's own channel has it. */
export interface FoundPending extends PendingApproval {
  readonly isOwn: boolean;
}

/** A delivery of a request that failed. */
export type Undelivered = PendingApprovalView['undelivered'][number];

/** What waits, on the boards of the dashboard and of the terminal together. */
export class ApprovalViews {
  readonly #own: ApprovalBoard;
  readonly #terminal: ApprovalBoard;
  readonly #undelivered: (id: string) => readonly Undelivered[];

  constructor(
    source: Pick<DashboardSource, 'openBoard' | 'terminalBoard'>,
    undelivered: (id: string) => readonly Undelivered[],
  ) {
    this.#own = source.openBoard({ name: 'dashboard', presence: 'dashboard' });
    this.#terminal = source.terminalBoard;
    this.#undelivered = undelivered;
  }

  /** Calls the listener when something may have changed. */
  onChange(listener: () => void): () => void {
    const stops = [this.#own.onChange(listener), this.#terminal.onChange(listener)];
    return () => {
      for (const stop of stops) stop();
    };
  }

  /** Oldest first; a request that several channels show stands once. */
  pending(): readonly FoundPending[] {
    const own = this.#own.pending();
    const known = new Set(own.map(({ request }) => request.id));
    const others = this.#terminal.pending().filter(({ request }) => !known.has(request.id));
    return [
      ...own.map((one) => ({ ...one, isOwn: true })),
      ...others.map((one) => ({ ...one, isOwn: false })),
    ].toSorted((one, other) => (one.request.created_at < other.request.created_at ? -1 : 1));
  }

  find(id: string): FoundPending | undefined {
    return this.pending().find(({ request }) => request.id === id);
  }

  /** How a request ended; undefined where it is not known. */
  findEnded(id: string): EndedApproval | undefined {
    return this.#ended(APPROVALS_ENDED_MAX).find(({ request }) => request.id === id);
  }

  list(endedText: string | undefined): Approvals {
    const limit = endedText === undefined ? ENDED : Number(endedText);
    if (limit > ENDED_MOST) throw new Stop('bad-request', `ended: expected 0 to ${ENDED_MOST}`);
    return {
      pending: this.pending().map((one) => this.view(one)),
      ended: this.#ended(limit).map(endedView),
      troubles: [...new Set([...this.#own.troubles(), ...this.#terminal.troubles()])],
    };
  }

  /** One request with all that is known of it. Throws Stop `not-found`. */
  one(id: string): Approval {
    const pending = this.find(id);
    const ended = pending === undefined ? this.findEnded(id) : undefined;
    const request = pending?.request ?? ended?.request;
    if (request === undefined) throw new Stop('not-found', 'no call with this id waits or waited lately');
    const last = this.#own.lastApproved(request) ?? this.#terminal.lastApproved(request);
    return {
      request: requestView(request),
      end: ended?.end ?? null,
      remaining_ms: pending?.remainingMs ?? 0,
      answerable:
        pending === undefined
          ? { approve: false, deny: false, why: 'it is over', command: null }
          : answerable(pending),
      undelivered: this.#undeliveredOf(request),
      remember: { scopes: [...scopesOf(request)], why_not: whyNotRemembered(request) },
      last_approved: last === undefined ? null : { arguments: last.request.arguments, end: last.end },
    };
  }

  view(pending: FoundPending): PendingApprovalView {
    return {
      request: requestView(pending.request),
      remaining_ms: Math.round(pending.remainingMs),
      answerable: answerable(pending),
      undelivered: this.#undeliveredOf(pending.request),
    };
  }

  close(): void {
    this.#own.close();
    this.#terminal.close();
  }

  /** What the request says of itself, and what the log tells beside it. */
  #undeliveredOf({ id, undelivered }: ApprovalRequest): Undelivered[] {
    const all = [...undelivered, ...this.#undelivered(id)];
    return [...new Map(all.map((one) => [`${one.channel}\n${one.why}`, one])).values()];
  }

  #ended(limit: number): EndedApproval[] {
    const byId = new Map<string, EndedApproval>();
    for (const one of [...this.#own.ended(limit), ...this.#terminal.ended(limit)]) {
      if (!byId.has(one.request.id)) byId.set(one.request.id, one);
    }
    return [...byId.values()]
      .toSorted((one, other) => (one.end.ended_at > other.end.ended_at ? -1 : 1))
      .slice(0, limit);
  }
}

/** Whether an answer from here would count, by what the request says of itself. */
export function answerable({ request, isOwn }: FoundPending): PendingApprovalView['answerable'] {
  const command = `guard approve ${request.id}`;
  if (request.approvers !== null) {
    const why = 'only an answer that an enrolled approver signed counts, and keys are opened in a terminal';
    return { approve: false, deny: false, why, command };
  }
  if (!isOwn) {
    return { approve: false, deny: false, why: 'its rules do not let the dashboard answer', command };
  }
  if (!request.arguments_complete) {
    const why = 'its arguments are too large to be shown whole, so it can only be denied';
    return { approve: false, deny: true, why, command: null };
  }
  return { approve: true, deny: true, why: null, command: null };
}

function endedView({ request, end }: EndedApproval): EndedApprovalView {
  return { request: requestView(request), end };
}

/** The request without what names processes of this machine. */
function requestView({
  v: _version,
  owner: _owner,
  undelivered: _undelivered,
  ...request
}: ApprovalRequest): Approval['request'] {
  return { ...request, rules: [...request.rules], channels: [...request.channels] };
}
