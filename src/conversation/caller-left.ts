/** Why a client took a call back while it waited for a person. */
export type CallerLeft = 'gave-up' | 'cancelled';

/** The shortest time-outs of clients are 60 s, and some count from before guard sees the call. */
const TIMEOUT_MS_LEAST = 50_000;

/**
 * Whether a client gave up because its own clock ran out, so that the agent may come again, or took
 * the call back. The SDKs' clients name a time-out in the reason; where there is no reason, only the
 * length of the wait can tell.
 */
export function callerLeft(reason: string | undefined, waitedMs: number): CallerLeft {
  if (reason !== undefined && /\btimed?[- ]?out(?![a-z])|timeout/i.test(reason)) return 'gave-up';
  return reason === undefined && waitedMs >= TIMEOUT_MS_LEAST ? 'gave-up' : 'cancelled';
}
