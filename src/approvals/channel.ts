import type { ApprovalAnswer } from './answer.js';
import type { ApprovalRequest } from './request.js';

/** How a request ended, as channels that still show it are told. */
export interface ApprovalEnd {
  readonly state: 'approved' | 'denied' | 'expired' | 'withdrawn';
  /** Who answered; null where nobody did. */
  readonly approver: string | null;
  readonly channel: string | null;
  readonly reason: string | null;
  /** Milliseconds from the request to its end. */
  readonly waited_ms: number;
  readonly ended_at: string;
}

/** What a channel tells the desk about one request. Every call after the ticket was closed does nothing. */
export interface ChannelEvents {
  /** Hands an answer in; says whether it counted, and if not, why, in words for the person. */
  answer(answer: ApprovalAnswer): AnswerReceipt;
  /** The request could not be delivered here; it stays open elsewhere. Recorded and shown. */
  undelivered(why: string): void;
}

/** What became of an answer that a channel handed in. */
export type AnswerReceipt =
  | { readonly kind: 'accepted' }
  /** Another answer was first, or the request is over. */
  | { readonly kind: 'late'; readonly end: ApprovalEnd | null }
  | { readonly kind: 'refused'; readonly why: string };

/** One request as it stands open in one channel. */
export interface ChannelTicket {
  /** The delegates are asked too, or another detail of the request changed. */
  update(request: ApprovalRequest): void;
  /** The request is over, here or elsewhere: show who answered, take no answer any more. Idempotent. */
  close(end: ApprovalEnd): void;
}

/**
 * A way to ask a person. `open` never throws and never answers before it returns: trouble is
 * reported by `undelivered`, answers come by `answer`. test/contract/channel-contract.ts holds every
 * adapter to this.
 */
export interface ApprovalChannel {
  /** The name that rules and records use. */
  readonly name: string;
  /** The kind of the channel: client, terminal, dashboard, slack, webhook, desktop. */
  readonly kind: string;
  /** It tells people and brings no answer: a call that only it shows is denied. */
  readonly notifiesOnly?: boolean;
  open(request: ApprovalRequest, events: ChannelEvents): ChannelTicket;
  /** Releases what the channel holds: files, watchers, sockets. Idempotent. */
  close(): void;
}
