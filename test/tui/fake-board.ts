import type {
  AnswerDraft,
  ApprovalBoard,
  EndedApproval,
  PendingApproval,
} from '../../src/approvals/board.js';
import type { AnswerReceipt } from '../../src/approvals/channel.js';
import type { ApprovalRequest } from '../../src/approvals/request.js';
import type { Clock } from '../../src/platform/clock.js';

export interface GivenAnswer {
  readonly request: ApprovalRequest;
  readonly draft: AnswerDraft;
}

/** A board without a bus: a test sets what waits, and sees what was answered. */
export class FakeBoard implements ApprovalBoard {
  waiting: PendingApproval[];
  over: EndedApproval[] = [];
  last: EndedApproval | undefined;
  trouble: string[] = [];
  readonly answers: GivenAnswer[] = [];
  /** What the next answers become; accepted, and then no longer pending, where it says nothing. */
  receipt: AnswerReceipt | Promise<AnswerReceipt> = { kind: 'accepted' };
  readonly #listeners = new Set<() => void>();

  constructor(waiting: readonly PendingApproval[] = []) {
    this.waiting = [...waiting];
  }

  pending(): readonly PendingApproval[] {
    return [...this.waiting];
  }

  ended(limit: number): readonly EndedApproval[] {
    return this.over.slice(0, limit);
  }

  lastApproved(): EndedApproval | undefined {
    return this.last;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  troubles(): readonly string[] {
    return this.trouble;
  }

  async answer(request: ApprovalRequest, draft: AnswerDraft): Promise<AnswerReceipt> {
    this.answers.push({ request, draft });
    const receipt = await this.receipt;
    if (receipt.kind === 'accepted') this.set(this.waiting.filter((one) => one.request.id !== request.id));
    return receipt;
  }

  close(): void {
    this.#listeners.clear();
  }

  /** Changes what waits, as a guard process would. */
  set(waiting: readonly PendingApproval[]): void {
    this.waiting = [...waiting];
    for (const listener of this.#listeners) listener();
  }

  get listeners(): number {
    return this.#listeners.size;
  }
}

/** A clock that stands still until it is told. */
export class FakeClock implements Clock {
  nowMs = 1_000_000;

  wallMs(): number {
    return Date.UTC(2026, 0, 1, 10) + this.nowMs;
  }

  timestamp(): string {
    return new Date(this.wallMs()).toISOString();
  }

  monotonicMs(): number {
    return this.nowMs;
  }
}
