import { REPLAY_REASONS_MAX } from '../platform/bounds.js';
import type { CompiledPolicy } from '../policy/compiled.js';
import { reportConditions } from '../policy/explain-conditions.js';
import { Judging } from '../policy/judging.js';
import type { Subject } from '../policy/subject.js';
import type { Played } from './stage.js';

/**
 * Why a call was ruled on as it was: the conditions of the rule that decided, what was uncertain, and
 * what the agent would be told where a limit or a prerequisite stopped it. Printable.
 */
export function whyPlayed(
  policy: CompiledPolicy,
  { subject }: { readonly subject: Subject },
  { rule, reason, message, uncertain }: Played,
): readonly string[] {
  const own = policy.layers.find(({ name }) => name === rule.layer)?.rules[rule.index];
  const judging = new Judging(subject, policy.ports);
  const conditions =
    own === undefined
      ? []
      : reportConditions(own.matcher, judging)
          .filter(({ condition }) => !NAMES.has(condition))
          .map(({ condition, wanted, actual }) => `${condition}: wanted ${wanted}, the call has ${actual}`);
  const isByRules = own !== undefined && (reason === 'policy_denied' || reason === 'rule');
  const told = message === undefined || isByRules ? [] : [message];
  const unsure = uncertain.map((note) => `uncertain: ${note}`);
  return [...told, ...unsure, ...conditions].slice(0, REPLAY_REASONS_MAX);
}

/** Conditions that say no more than the line above them. */
const NAMES: ReadonlySet<string> = new Set(['tool', 'server', 'method', 'environment']);
