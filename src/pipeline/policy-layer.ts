import type { CompiledPolicy } from '../policy/compiled.js';
import { evaluate } from '../policy/evaluate.js';
import { decisionDenial } from './denial-text.js';
import type { Enforcer, GovernedCall, Ruling } from './ruling.js';

/** Asks the policy that is in force now; the call keeps that decision whatever is reloaded later. */
export function policyLayer(
  next: Enforcer<'limits'>,
  policyInForce: () => CompiledPolicy,
): { readonly stage: 'policy'; rule(call: GovernedCall): Ruling } {
  return {
    stage: 'policy',
    rule: function policy(call) {
      const decision = evaluate(policyInForce(), call.subject);
      switch (decision.effect) {
        case 'deny':
          return { kind: 'deny', decision, denial: decisionDenial(call, decision) };
        case 'dry_run':
          return { kind: 'dry-run', decision };
        case 'allow':
          return next.rule(call, decision);
      }
    },
  };
}
