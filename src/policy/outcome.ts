import type { Decision, DecisionReason, Effect, LayerName, Obligation, RuleRef } from './decision.js';
import type { FeedbackSource } from './source.js';

/** What one rule or default amounts to; a decision is made of these. */
export interface Outcome {
  readonly effect: Effect;
  readonly obligations: readonly Obligation[];
  readonly rule: RuleRef;
  readonly reason: DecisionReason;
  readonly feedback: FeedbackSource | undefined;
}

const STRICTNESS: Record<Effect, number> = { allow: 0, dry_run: 1, deny: 2 };

/** An outcome that no rule decided. */
export function builtInOutcome(
  effect: Effect,
  name: string,
  layer: LayerName,
  reason: DecisionReason,
  feedback?: FeedbackSource,
): Outcome {
  return { effect, obligations: [], rule: { name, layer, index: -1 }, reason, feedback };
}

/** True for an allow without obligations: the only outcome that restricts nothing. */
export function isPlainAllow(outcome: Outcome): boolean {
  return outcome.effect === 'allow' && outcome.obligations.length === 0;
}

/**
 * Two outcomes that both apply: the stricter effect decides, and between two allows the obligations
 * add up. The name is that of the deciding one; between allows, of the first that carries
 * obligations, else of the first explicit rule, else of the first.
 */
export function unite(first: Outcome, second: Outcome): Outcome {
  if (STRICTNESS[second.effect] > STRICTNESS[first.effect]) return second;
  if (second.effect !== first.effect || first.effect !== 'allow') return first;
  const named = specificity(second) > specificity(first) ? second : first;
  if (first.obligations.length === 0 || second.obligations.length === 0) return named;
  return { ...named, obligations: [...first.obligations, ...second.obligations] };
}

/** True when `outcome` asks for more than `enforced` does. */
export function isStricter(outcome: Outcome, enforced: Outcome): boolean {
  if (outcome.effect !== enforced.effect) return STRICTNESS[outcome.effect] > STRICTNESS[enforced.effect];
  return outcome.effect === 'allow' && outcome.obligations.length > 0;
}

/** The decision that an outcome comes to. */
export function decisionOf(
  outcome: Outcome,
  uncertain: readonly string[],
  observed: Decision | undefined,
): Decision {
  const { effect, obligations, rule, reason, feedback } = outcome;
  return { effect, obligations, rule, reason, feedback, uncertain, observed };
}

function specificity(outcome: Outcome): number {
  if (outcome.obligations.length > 0) return 2;
  return outcome.reason === 'rule' ? 1 : 0;
}
