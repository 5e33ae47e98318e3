import type { Remembered } from './answer.js';
import type { AnswerReceipt, ApprovalEnd } from './channel.js';
import type { ApprovalRequest } from './request.js';

/** A request that waits, as the person who answers sees it. */
export interface PendingApproval {
  readonly request: ApprovalRequest;
  /** Milliseconds until it expires, by the wall clock; never below 0. */
  readonly remainingMs: number;
}

/** A request that is over. */
export interface EndedApproval {
  readonly request: ApprovalRequest;
  readonly end: ApprovalEnd;
}

/** What a person decides; the board adds who, when and the signature. */
export interface AnswerDraft {
  readonly decision: 'approved' | 'denied';
  readonly reason: string | null;
  readonly remember: Remembered | null;
}

/**
 * The approver's side of the bus: the requests of every guard process of this user. The screen and
 * the commands see nothing else of the bus.
 */
export interface ApprovalBoard {
  /** Oldest first; requests whose owner is gone are not among them. */
  pending(): readonly PendingApproval[];
  /** Newest first, at most `limit`. */
  ended(limit: number): readonly EndedApproval[];
  /** The arguments that were last approved for the same server and tool; undefined where there are none. */
  lastApproved(request: ApprovalRequest): EndedApproval | undefined;
  /** Calls the listener whenever something may have changed; returns how to stop. */
  onChange(listener: () => void): () => void;
  /** Files that are no requests, as lines for the person: what, why, what to do. */
  troubles(): readonly string[];
  /**
   * Hands an answer to the process that holds the call and waits until that says what became of it.
   * Never rejects: trouble is a receipt of the kind `refused`.
   */
  answer(request: ApprovalRequest, draft: AnswerDraft): Promise<AnswerReceipt>;
  close(): void;
}

/** Who answers at a board. */
export interface Approver {
  readonly name: string;
  readonly presence: 'terminal' | 'dashboard' | 'script' | 'signature';
  /** Signs a text with the approver's key, base64; undefined where the approver is not enrolled. */
  readonly sign?: (text: string) => string;
}
