import { unavailableDenial } from './denial-text.js';
import type { Enforcer } from './ruling.js';

/**
 * Calls that a person must approve. No channel can ask one yet, so such a call is denied: a port
 * that is not there denies like one that fails.
 */
export function approvalLayer(next: Enforcer<'forward'>): Enforcer<'approval'> {
  return {
    stage: 'approval',
    rule: function approval(call, decision) {
      if (!decision.obligations.some((obligation) => obligation.kind === 'approval')) {
        return next.rule(call, decision);
      }
      const reason = 'approval_unavailable';
      return { kind: 'deny', decision, reason, denial: unavailableDenial(call, decision, reason) };
    },
  };
}
