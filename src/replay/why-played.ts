import { REPLAY_REASONS_MAX } from '../platform/bounds.js';
import type { Rule } from '../policy/compile-rule.js';
import type { CompiledPolicy, Layer } from '../policy/compiled.js';
import { type ConditionReport, reportConditions } from '../policy/explain-conditions.js';
import { Judging } from '../policy/judging.js';
import type { Subject } from '../policy/subject.js';
import type { Played } from './stage.js';

/**
 * Why a call was ruled on as it was: what the agent would be told where a limit, a prerequisite or a
 * default stopped it, what was uncertain, and the conditions of the rule that decided, or of the first
 * one that is about such calls and did not match. Printable.
 */
export function whyPlayed(
  policy: CompiledPolicy,
  { subject }: { readonly subject: Subject },
  { rule, reason, message, uncertain }: Played,
): readonly string[] {
  const layer = policy.layers.find(({ name }) => name === rule.layer);
  const judging = new Judging(subject, policy.ports);
  const own = layer?.rules[rule.index];
  const isByRules = own !== undefined && (reason === 'policy_denied' || reason === 'rule');
  const told = message === undefined || isByRules ? [] : [message];
  const unsure = uncertain.map((note) => `uncertain: ${note}`);
  const conditions = own === undefined ? nearest(layer, judging) : reportsOf(own, judging).map(conditionText);
  return [...told, ...unsure, ...conditions].slice(0, REPLAY_REASONS_MAX);
}

/** What kept the first rule from deciding whose names are those of the call. */
function nearest(layer: Layer | undefined, judging: Judging): readonly string[] {
  for (const rule of layer?.index.rulesFor(judging.subject.tool) ?? []) {
    const reports = reportConditions(rule.matcher, judging);
    const names = reports.filter(isName);
    if (names.length === 0 || names.some(({ truth }) => truth !== 'met')) continue;
    return reports
      .filter((report) => !isName(report) && report.truth !== 'met')
      .map((report) => `${rule.ref.name} does not match: ${conditionText(report)}`);
  }
  return [];
}

function reportsOf(rule: Rule, judging: Judging): readonly ConditionReport[] {
  return reportConditions(rule.matcher, judging).filter((report) => !isName(report));
}

function conditionText({ condition, wanted, actual }: ConditionReport): string {
  return `${condition}: wanted ${wanted}, the call has ${actual}`;
}

/** Conditions that say no more than the line above them. */
function isName({ condition }: ConditionReport): boolean {
  return NAMES.has(condition);
}

const NAMES: ReadonlySet<string> = new Set(['tool', 'server', 'method', 'environment']);
