import type { CompiledPolicy } from '../policy/compiled.js';
import { canPossiblyPass } from '../policy/can-pass.js';
import type { Decision } from '../policy/decision.js';
import { evaluate } from '../policy/evaluate.js';
import { neededScopes } from '../policy/needed-scopes.js';
import type { Subject } from '../policy/subject.js';
import { decisionDenial, unlistedDenial } from './denial-text.js';
import { dryRunAnswer } from './dry-run-text.js';
import type { Enforcer, GovernedCall, Rehearsal, Ruling } from './ruling.js';

/** Asks the policy that is in force now; the call keeps that decision whatever is reloaded later. */
export function policyLayer(
  next: Enforcer<'limits'>,
  policyInForce: () => CompiledPolicy,
): { readonly stage: 'policy'; rule(call: GovernedCall): Ruling } {
  return {
    stage: 'policy',
    rule: function policyDecides(call) {
      const policy = policyInForce();
      const decision = evaluate(policy, call.subject);
      switch (decision.effect) {
        case 'deny':
          return denied(call, decision, policy);
        case 'dry_run':
          return triedDry(call, decision, rehearsed(next, call, decision, policy));
        case 'allow':
          return next.rule(call, decision);
      }
    },
  };
}

/**
 * A tool that is left out of the list is denied in the words for one that does not exist; a verified
 * caller of any other is told which scopes would have let the call pass.
 */
function denied(call: GovernedCall, decision: Decision, policy: CompiledPolicy): Denied {
  const denial = decisionDenial(call, decision);
  const { reason } = denial;
  if (reason !== 'policy_denied') return { kind: 'deny', decision, reason, denial };
  if (isHidden(call.subject, policy)) return { kind: 'deny', decision, reason, denial: unlistedDenial(call) };
  const missingScopes = neededScopes(policy, call.subject);
  const told = missingScopes.length === 0 ? denial : { ...denial, missingScopes };
  return { kind: 'deny', decision, reason, denial: told };
}

type Denied = Extract<Ruling, { readonly kind: 'deny' }>;

/** What would have become of the call without the dry run. */
function rehearsed(
  next: Enforcer<'limits'>,
  call: GovernedCall,
  decision: Decision,
  policy: CompiledPolicy,
): Rehearsal {
  if (decision.wouldDeny !== true) return next.rehearse(call, decision);
  const { reason, denial } = denied(call, decision, policy);
  return { kind: 'deny', reason, denial };
}

function triedDry(call: GovernedCall, decision: Decision, rehearsal: Rehearsal): Ruling {
  return { kind: 'dry-run', decision, rehearsal, answer: dryRunAnswer(call, decision, rehearsal) };
}

function isHidden(subject: Subject, policy: CompiledPolicy): boolean {
  const { tool, standing } = subject;
  return tool !== undefined && standing === 'listed' && !canPossiblyPass(policy, { ...subject, name: tool });
}
