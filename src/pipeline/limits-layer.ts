import { unavailableDenial } from './denial-text.js';
import type { Enforcer } from './ruling.js';

/**
 * Calls that are counted, or that need earlier ones. No ledger counts yet, so such a call is
 * denied: a port that is not there denies like one that fails.
 */
export function limitsLayer(next: Enforcer<'approval'>): Enforcer<'limits'> {
  return {
    stage: 'limits',
    rule: function limits(call, decision) {
      if (!decision.obligations.some(({ kind }) => kind === 'limits' || kind === 'requires')) {
        return next.rule(call, decision);
      }
      const reason = 'limits_unavailable';
      return { kind: 'deny', decision, reason, denial: unavailableDenial(call, decision, reason) };
    },
  };
}
