import { printable } from '../../platform/printable.js';
import type { CompiledPolicy } from '../../policy/compiled.js';
import type { Decision } from '../../policy/decision.js';
import { explain, type Explanation, type RuleReport } from '../../policy/explain.js';
import type { Subject } from '../../policy/subject.js';
import type { Tool } from '../contract/servers.js';
import type { ListedTool } from '../../mcp/listed-tools.js';

/** What a decision amounts to, in the words of records. */
export function decisionWord({
  effect,
  obligations,
}: Pick<Decision, 'effect' | 'obligations'>): Exclude<Tool['policy']['decision'], 'depends'> {
  if (effect === 'deny') return 'deny';
  if (obligations.some(({ kind }) => kind === 'approval')) return 'require_approval';
  return obligations.length > 0 ? 'limit' : 'allow';
}

const STATUS: Readonly<Record<RuleReport['status'], string>> = {
  matched: 'matches',
  'not-matched': 'does not match',
  'uncertain-applied': 'cannot be ruled out, so it counts',
  'uncertain-passed-over': 'cannot be confirmed, so it does not count',
  'not-reached': 'not reached',
};

/** An explanation, rule by rule, as lines that are safe to show. */
export function explanationLines({ decision, protection, layers }: Explanation): string[] {
  const lines = [`${decisionWord(decision)} by ${decision.rule.layer}/${printable(decision.rule.name)}`];
  if (protection !== undefined) lines.push('The arguments touch files that guard protects.');
  for (const { layer, mode, rules, usesDefault } of layers) {
    lines.push(`${layer} layer (${mode})`);
    for (const { rule, action, status, conditions } of rules) {
      lines.push(`  ${rule.index + 1}. ${printable(rule.name)}: ${action}: ${STATUS[status]}`);
      if (status === 'not-reached') continue;
      for (const report of conditions) {
        lines.push(
          `     ${report.truth}: ${printable(report.condition)}: wanted ${report.wanted}, the call has ${report.actual}`,
        );
      }
    }
    if (usesDefault) lines.push('  its default decides');
  }
  return lines;
}

/** The conditions of the rule of this name, each in a line; undefined where the policy has no such rule. */
export function ruleNamed(
  policy: CompiledPolicy,
  layer: string,
  name: string,
  subject: Subject,
): { readonly action: string; readonly conditions: string[] } | undefined {
  const report = reportOf(explain(withOnly(policy, layer, name), subject), layer, name);
  if (report === undefined) return undefined;
  return {
    action: report.action,
    conditions: report.conditions.map(({ condition, wanted }) => `${printable(condition)}: ${wanted}`),
  };
}

/** The policy with the rules before this one left out, so that it is reached whatever they decide. */
function withOnly(policy: CompiledPolicy, layer: string, name: string): CompiledPolicy {
  return {
    ...policy,
    layers: policy.layers.map((one) => ({
      ...one,
      rules: one.name === layer ? one.rules.filter(({ ref }) => ref.name === name) : [],
    })),
  };
}

function reportOf({ layers }: Explanation, layer: string, name: string): RuleReport | undefined {
  return layers
    .find((one) => one.layer === layer)
    ?.rules.find(({ rule, status }) => rule.name === name && status !== 'not-reached');
}

/** A call of a tool as policy sees it, of nobody in particular. */
function toolSubject(server: string, { name, hints, standing }: ListedTool): Subject {
  return {
    method: 'tools/call',
    knownMethod: true,
    server,
    agent: undefined,
    client: undefined,
    session: undefined,
    claims: undefined,
    scopes: undefined,
    tool: name,
    uri: undefined,
    prompt: undefined,
    standing,
    hints,
    input: {},
  };
}

/** Conditions on what is the same for every call of one tool. */
const FIXED = /^(?:tool|server|method|annotations?|hints?|environment)\b/;

/**
 * The rule that applies to each call of a tool; `depends` where a rule that may come first also looks at
 * arguments, agents or scopes.
 */
export function toolPolicy(policy: CompiledPolicy, server: string, tool: ListedTool): Tool['policy'] {
  const explanation = explain(policy, toolSubject(server, tool));
  const { decision, layers } = explanation;
  const depends = layers.some(({ rules }) =>
    rules.some(
      ({ status, conditions }) =>
        status !== 'not-reached' &&
        conditions.some(({ condition }) => !FIXED.test(condition)) &&
        !conditions.some(({ condition, truth }) => FIXED.test(condition) && truth === 'not-met'),
    ),
  );
  return {
    decision: depends && decision.reason !== 'tool-drift' ? 'depends' : decisionWord(decision),
    layer: decision.rule.layer,
    rule: decision.rule.name,
    reason: decision.feedback?.message ?? (decision.reason === 'rule' ? null : decision.reason),
  };
}
