import type { AnswerDraft, ApprovalBoard, EndedApproval, PendingApproval } from '../../approvals/board.js';
import type { AnswerReceipt, ApprovalEnd } from '../../approvals/channel.js';
import { APPROVAL_REQUEST_VERSION, type ApprovalRequest } from '../../approvals/request.js';
import { APPROVALS_ENDED_MAX, DASHBOARD_CLIENT_POLL_MS } from '../../platform/bounds.js';
import type { Clock } from '../../platform/clock.js';
import { GuardError, messageOf } from '../../platform/errors.js';
import { printable } from '../../platform/printable.js';
import * as z from 'zod/mini';
import { type Approvals, approvalsShape, endShape } from '../contract/approvals.js';
import type { ApiAnswer, ApiClient } from './api-client.js';
import { stepsTo } from './remember-steps.js';

/** A board whose requests another guard holds, reached through its dashboard. */
export interface RemoteBoard extends ApprovalBoard {
  /** Asks for what waits; the first look has to be waited for. Throws GuardError `dashboard-unreachable`. */
  refresh(): Promise<void>;
  /** What was wrong with keeping the last answer for later calls; undefined where nothing was. */
  keepingTrouble(): string | undefined;
}

/** The board behind an API. Nothing is asked for before `refresh` or `onChange`. */
export function createRemoteBoard(client: ApiClient, clock: Clock): RemoteBoard {
  return new ApiBoard(client, clock);
}

class ApiBoard implements RemoteBoard {
  readonly #client: ApiClient;
  readonly #clock: Clock;
  readonly #listeners = new Set<() => void>();
  #seen: Approvals = { pending: [], ended: [], troubles: [] };
  #seenMs = 0;
  #trouble: string | undefined;
  #keepingTrouble: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isAsking = false;

  constructor(client: ApiClient, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  async refresh(): Promise<void> {
    const answer = await this.#client.ask('/approvals?ended=100');
    if (answer.kind === 'error') throw refusalOf(answer);
    const parsed = z.safeParse(approvalsShape, answer.value, { jitless: true });
    if (!parsed.success) {
      throw new GuardError('dashboard-unreachable', 'the answer is not that of a guard of this version', {
        hint: 'run the same version of guard on both sides',
      });
    }
    this.#seen = parsed.data;
    this.#seenMs = this.#clock.monotonicMs();
    this.#trouble = undefined;
  }

  pending(): readonly PendingApproval[] {
    const sinceMs = this.#clock.monotonicMs() - this.#seenMs;
    return this.#seen.pending.map(({ request, undelivered, remaining_ms: remainingMs }) => ({
      request: requestOf(request, undelivered),
      remainingMs: Math.max(0, remainingMs - sinceMs),
    }));
  }

  ended(limit: number): readonly EndedApproval[] {
    return this.#seen.ended
      .slice(0, Math.min(limit, APPROVALS_ENDED_MAX))
      .map(({ request, end }) => ({ request: requestOf(request, []), end }));
  }

  lastApproved({ server, tool }: ApprovalRequest): EndedApproval | undefined {
    return this.ended(APPROVALS_ENDED_MAX).find(
      ({ request, end }) => request.server === server && request.tool === tool && end.state === 'approved',
    );
  }

  troubles(): readonly string[] {
    const own = this.#trouble === undefined ? [] : [this.#trouble];
    return [...own, ...this.#seen.troubles].map((line) => printable(line));
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    this.#timer ??= setInterval(() => void this.#look(), DASHBOARD_CLIENT_POLL_MS).unref();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.close();
    };
  }

  async answer(request: ApprovalRequest, draft: AnswerDraft): Promise<AnswerReceipt> {
    try {
      const remember = draft.remember === null ? null : stepsTo(request, draft.remember);
      if (remember === undefined) {
        return { kind: 'refused', why: 'no steps lead from what the other guard proposes to this rule' };
      }
      const { digest } = request;
      const { reason } = draft;
      const isApproval = draft.decision === 'approved';
      const answer = await this.#client.ask(
        `/approvals/${request.id}/${isApproval ? 'approve' : 'deny'}`,
        isApproval ? { digest, reason, remember } : { digest, reason },
      );
      if (answer.kind === 'error') return receiptOf(answer);
      const { remembered } = answer.value;
      const trouble = (remembered as { trouble?: unknown } | null)?.trouble;
      this.#keepingTrouble = typeof trouble === 'string' ? trouble : undefined;
      await this.#look();
      return { kind: 'accepted' };
    } catch (error) {
      return { kind: 'refused', why: messageOf(error) };
    }
  }

  keepingTrouble(): string | undefined {
    return this.#keepingTrouble;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#listeners.clear();
  }

  async #look(): Promise<void> {
    // One question at a time, however slow the other side is.
    if (this.#isAsking) return;
    this.#isAsking = true;
    try {
      await this.refresh();
    } catch (error) {
      this.#trouble = messageOf(error);
    } finally {
      this.#isAsking = false;
    }
    for (const listener of this.#listeners) listener();
  }
}

/** The request as boards have it. Its owner is on another machine: no process of this one. */
function requestOf(
  request: Approvals['pending'][number]['request'],
  undelivered: ApprovalRequest['undelivered'],
): ApprovalRequest {
  return { v: APPROVAL_REQUEST_VERSION, owner: { pid: 0, started: null }, undelivered, ...request };
}

function receiptOf({ error }: Extract<ApiAnswer, { kind: 'error' }>): AnswerReceipt {
  if (error.code === 'late') {
    const end = z.safeParse(endShape, error.end, { jitless: true });
    return { kind: 'late', end: end.success ? (end.data satisfies ApprovalEnd) : null };
  }
  const command = error.command === undefined ? '' : `; on the machine that holds it run ${error.command}`;
  return { kind: 'refused', why: `${error.message}${command}` };
}

function refusalOf({ status, error }: Extract<ApiAnswer, { kind: 'error' }>): GuardError {
  const hint =
    status === 401
      ? 'the secret is that of dashboard.api_secret there: GUARD_DASHBOARD_SECRET, or --secret-file'
      : undefined;
  return new GuardError(
    'dashboard-unreachable',
    `the dashboard refuses: ${printable(error.message)}`,
    hint === undefined ? {} : { hint },
  );
}
