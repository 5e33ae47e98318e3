import type { Decimal } from '../platform/decimal.js';

/** One pot that a call draws on. Pots are counted alike: a call is an amount of 1. */
export interface Draw {
  /** Who shares the pot, and what it is: made of the content of the rule or budget and the key's values. */
  readonly pot: string;
  /** The name that people know it by, such as `user/refunds` or `payments`. */
  readonly name: string;
  readonly amount: Decimal;
  readonly limit: Decimal;
  /** Length of the sliding window in milliseconds; null for a pot that lasts as long as its session. */
  readonly windowMs: number | null;
  /** Null for calls. */
  readonly currency: string | null;
  /** True where a person approved that the pot goes over its limit: it is charged and does not refuse. */
  readonly overage: boolean;
}

/** A pot that could not pay. */
export interface Breach {
  readonly draw: Draw;
  /** What the window holds already. */
  readonly used: Decimal;
  /** Until enough has left the window, in milliseconds; null where waiting does not help. */
  readonly retryAfterMs: number | null;
}

/** What became of an attempt to draw on pots: all of them, or none. */
export type Reserved =
  | { readonly kind: 'reserved'; readonly id: string }
  | { readonly kind: 'exceeded'; readonly breaches: readonly Breach[] }
  /** Nothing is known for sure: the call must not pass. `why` is for the person. */
  | { readonly kind: 'unavailable'; readonly why: string };

/** Whether pots would pay now. */
export type Peeked = { readonly kind: 'free' } | Exclude<Reserved, { readonly kind: 'reserved' }>;

/** How a reservation ended. */
export type Settlement =
  /** It happened: the amount stays. */
  | 'spent'
  /** It did not happen: the amount is given back. */
  | 'refunded'
  /** Nobody knows: the amount stays and is marked. */
  | 'ambiguous';

/** A pot as `guard limits` shows it. */
export interface PotState {
  readonly pot: string;
  readonly name: string;
  readonly limit: Decimal;
  readonly used: Decimal;
  /** Part of `used` whose calls have no known end. */
  readonly ambiguous: Decimal;
  readonly windowMs: number | null;
  readonly currency: string | null;
  /** When something leaves the window next, wall-clock milliseconds; null where nothing does. */
  readonly nextExpiryMs: number | null;
}

/** That something happened in a session: what later calls of any guard may require. */
export interface Mark {
  readonly session: string;
  /** What happened; see prerequisites.ts. */
  readonly key: string;
  /** Until when it holds, wall-clock milliseconds; null for as long as its session. */
  readonly untilMs: number | null;
}

/** A mark as it stands; it may be over. */
export interface MarkState extends Mark {
  /** When it was made last, wall-clock milliseconds. */
  readonly atMs: number;
}

/** Whether a mark was kept. */
export type Marked =
  | { readonly kind: 'marked' }
  /** What requires it stays denied. `why` is for the person. */
  | { readonly kind: 'unavailable'; readonly why: string };

/** What marks there are, or that this cannot be told. */
export type MarksFound =
  | { readonly kind: 'known'; readonly marks: readonly MarkState[] }
  | { readonly kind: 'unavailable'; readonly why: string };

/**
 * Where pots are counted, by all guard processes of a user together. Synchronous: it is asked before
 * a call is forwarded. `nowMs` is wall-clock time. test/contract/ledger-contract.ts holds every
 * adapter to this: no pot ever holds more than its limit in any window except by overage, whoever
 * draws at the same time and whoever dies when; a reservation that was reported is never lost.
 */
export interface Ledger {
  /** Whether these draws would be paid now; reserves nothing. */
  peek(draws: readonly Draw[], nowMs: number): Peeked;
  /** Draws on all pots or on none. */
  reserve(draws: readonly Draw[], nowMs: number): Reserved;
  /** Notes how a reservation ended; an id that is unknown or ended already changes nothing. */
  settle(id: string, settlement: Settlement, nowMs: number): void;
  /** Empties a pot, for a reason that stays on record. False where there is no such pot. */
  reset(pot: string, reason: string, by: string, nowMs: number): boolean;
  pots(nowMs: number): readonly PotState[];
  /** Keeps that something happened. Of two marks of one key the later times stand. */
  mark(mark: Mark, nowMs: number): Marked;
  /** Drops a mark. False where there is none. */
  unmark(session: string, key: string, nowMs: number): boolean;
  /** The marks of one session, or of all; those that are over are among them until their session is idle. */
  marks(session: string | null, nowMs: number): MarksFound;
  close(): void;
}
