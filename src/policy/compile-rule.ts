import type { CompileContext } from './compile-condition.js';
import { checkGlobs } from './compile-condition.js';
import { compileLimits } from './compile-limits.js';
import { compileMatch } from './compile-match.js';
import type { LayerName, Effect, Obligation, RuleRef } from './decision.js';
import { evidenceKey, handKey } from './evidence-key.js';
import type { Matcher } from './matcher.js';
import type { ConfigPath, Mistakes } from './mistakes.js';
import type { Outcome } from './outcome.js';
import type { RulePot } from './pot-terms.js';
import type { Action, RuleSource } from './source.js';

/** A rule as evaluation reads it. */
export interface Rule {
  readonly ref: RuleRef;
  readonly action: Action;
  readonly matcher: Matcher;
  readonly outcome: Outcome;
}

/** Compiles one rule. Mistakes are noted; the rule is of use only where there are none. */
export function compileRule(
  source: RuleSource,
  layer: LayerName,
  index: number,
  context: CompileContext,
  at: ConfigPath,
): Rule {
  const ref: RuleRef = { name: source.name, layer, index };
  checkObligations(source, context.mistakes, at);
  const effect = effectOf(source.action);
  const pots =
    source.limits === undefined ? [] : compileLimits(source.limits, ref, context, [...at, 'limits']);
  return {
    ref,
    action: source.action,
    matcher: compileMatch(source.match, context, [...at, 'match']),
    outcome: {
      effect,
      obligations: effect === 'deny' ? [] : obligationsOf(source, pots, ref, context.baseDir),
      rule: ref,
      reason: 'rule',
      feedback: source.feedback,
    },
  };
}

/** The effect that an action has once its obligations are met. */
function effectOf(action: Action): Effect {
  switch (action) {
    case 'deny':
      return 'deny';
    case 'dry_run':
      return 'dry_run';
    case 'allow':
    case 'require_approval':
    case 'rate_limit':
    case 'spend_limit':
      return 'allow';
  }
}

function obligationsOf(
  source: RuleSource,
  pots: readonly RulePot[],
  rule: RuleRef,
  folder: string,
): readonly Obligation[] {
  const obligations: Obligation[] = [];
  if (source.action === 'require_approval' || source.approval !== undefined) {
    obligations.push({ kind: 'approval', approval: source.approval ?? {}, rule });
  }
  if (pots.length > 0) obligations.push({ kind: 'limits', pots, rule });
  if (source.requires !== undefined && source.requires.length > 0) {
    obligations.push({
      kind: 'requires',
      tools: source.requires,
      success: source.requires_success ?? true,
      rule,
    });
  }
  if (source.requires_evidence !== undefined && source.requires_evidence.length > 0) {
    const evidence = source.requires_evidence.map((name) => ({
      name,
      keys: [evidenceKey(name, rule.layer, folder), handKey(name)],
    }));
    obligations.push({ kind: 'evidence', evidence, rule });
  }
  return obligations;
}

function checkObligations(source: RuleSource, mistakes: Mistakes, at: ConfigPath): void {
  const { action, limits } = source;
  const inLimits = [...at, 'limits'];
  if (action === 'rate_limit' && limits?.max_calls === undefined) {
    mistakes.add(inLimits, 'action rate_limit needs limits.max_calls');
  } else if (action === 'spend_limit' && limits?.max_spend === undefined) {
    mistakes.add(inLimits, 'action spend_limit needs limits.max_spend');
  } else if (limits !== undefined && limits.max_calls === undefined && limits.max_spend === undefined) {
    mistakes.add(inLimits, 'limits needs max_calls or max_spend: without them nothing is counted');
  }
  if (source.requires !== undefined) checkGlobs(mistakes, [...at, 'requires'], source.requires);
}
