import type { Decision, DecisionReason, Effect, LayerName, Obligation, RuleRef } from './decision.js';
import type { FeedbackSource } from './source.js';

/** What one rule or default amounts to; a decision is made of these. */
export interface Outcome {
  readonly effect: Effect;
  readonly obligations: readonly Obligation[];
  readonly rule: RuleRef;
  readonly reason: DecisionReason;
  readonly feedback: FeedbackSource | undefined;
  /** Set where a dry run keeps a denial from being one: the call would have been denied. */
  readonly wouldDeny?: true;
}

const STRICTNESS: Record<Effect, number> = { allow: 0, dry_run: 1, deny: 3 };
const STRICTNESS_WOULD_DENY = 2;

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
 * Two outcomes that both apply: the stricter effect decides, and where neither denies the obligations
 * add up. The name is that of the deciding one; between equals, of the first that carries
 * obligations, else of the first explicit rule, else of the first.
 */
export function unite(first: Outcome, second: Outcome): Outcome {
  const lead = strictness(second) - strictness(first);
  if (Math.max(strictness(first), strictness(second)) >= STRICTNESS_WOULD_DENY) {
    return lead > 0 ? second : first;
  }
  const isSecond = lead === 0 ? specificity(second) > specificity(first) : lead > 0;
  const named = isSecond ? second : first;
  if ((isSecond ? first : second).obligations.length === 0) return named;
  return { ...named, obligations: [...first.obligations, ...second.obligations] };
}

/** True when `outcome` asks for more than `enforced` does. */
export function isStricter(outcome: Outcome, enforced: Outcome): boolean {
  const lead = strictness(outcome) - strictness(enforced);
  return lead === 0 ? outcome.effect === 'allow' && outcome.obligations.length > 0 : lead > 0;
}

/** What an outcome becomes in a layer that is only tried: no call passes, and what would deny says so. */
export function triedDry(outcome: Outcome): Outcome {
  const dry = { ...outcome, effect: 'dry_run' } as const;
  return outcome.effect === 'deny' ? { ...dry, wouldDeny: true } : dry;
}

/** The decision that an outcome comes to. */
export function decisionOf(
  outcome: Outcome,
  uncertain: readonly string[],
  observed: Decision | undefined,
): Decision {
  const { effect, obligations, rule, reason, feedback, wouldDeny } = outcome;
  return { effect, obligations, rule, reason, feedback, uncertain, observed, wouldDeny };
}

function strictness({ effect, wouldDeny }: Outcome): number {
  return wouldDeny === true ? STRICTNESS_WOULD_DENY : STRICTNESS[effect];
}

function specificity(outcome: Outcome): number {
  if (outcome.obligations.length > 0) return 2;
  return outcome.reason === 'rule' ? 1 : 0;
}
