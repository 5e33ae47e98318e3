import type { Denial, DenialReason } from '../mcp/denial.js';
import { textDigest } from '../platform/text-digest.js';
import { paramText } from './call-text.js';
import { LoopBreaker, loopRetryMs } from './loop-breaker.js';
import type { GovernedCall, Ruling } from './ruling.js';
import { roundTime } from '../platform/time-text.js';

/** Denials after which the same call is wanted again: somebody may answer the next time. */
const RETRY_WANTED: ReadonlySet<DenialReason> = new Set(['approval_timeout', 'approval_pending']);

/**
 * Tells an agent that repeats one denied call to stop. It changes what a denial says and nothing else:
 * no call is denied or let pass because of it.
 */
export function loopLayer(next: { readonly stage: 'kill-switch'; rule(call: GovernedCall): Ruling }): {
  readonly stage: 'loop';
  rule(call: GovernedCall): Ruling;
} {
  const breaker = new LoopBreaker();
  return {
    stage: 'loop',
    rule: function loop(call) {
      const ruling = next.rule(call);
      // What was only tried is no step of the session.
      if (ruling.kind === 'dry-run') return ruling;
      if (ruling.kind !== 'deny' || RETRY_WANTED.has(ruling.reason)) {
        if (!breaker.isIdle) breaker.reset(sessionOf(call));
        return ruling;
      }
      const { method, tool } = call.subject;
      const key = textDigest(`${ruling.reason} ${method} ${tool ?? ''} ${paramText(call)}`);
      const count = breaker.denied(sessionOf(call), key);
      const retryMs = loopRetryMs(count);
      return retryMs === null ? ruling : { ...ruling, denial: broken(ruling.denial, count, retryMs) };
    },
  };
}

/** What the server asks is no part of what the client repeats. */
function sessionOf({ direction, subject }: GovernedCall): string {
  return `${direction} ${subject.session ?? ''}`;
}

function broken(denial: Denial, count: number, retryMs: number): Denial {
  const retryAfterMs = Math.max(retryMs, denial.retryAfterMs ?? 0);
  const stop =
    `This same call was denied ${count} times in a row for the same reason. Stop repeating it: ` +
    `do something else or ask the user, and do not make it again within ${roundTime(retryAfterMs)}.`;
  return { ...denial, suggestion: `${denial.suggestion} ${stop}`.trim(), retryAfterMs };
}
