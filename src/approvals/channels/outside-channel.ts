import type { ApprovalChannel } from '../channel.js';

/** A channel whose people are reached through another program. */
export interface OutsideChannel extends ApprovalChannel {
  /** Resolves when everything that was to be said has been said, or given up. Never rejects. */
  idle(): Promise<void>;
}

/** Told of what came from outside and did not count, before the desk saw an answer. */
export type OutsideRefusal = (id: string | null, why: string) => void;
