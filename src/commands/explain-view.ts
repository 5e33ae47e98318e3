import type { ChalkInstance } from 'chalk';
import type { LoadedConfig } from '../config/load.js';
import { printable } from '../platform/printable.js';
import type { Decision, RuleRef } from '../policy/decision.js';
import type { Explanation, LayerReport, RuleReport, RuleStatus } from '../policy/explain.js';

const STATUS: Readonly<Record<RuleStatus, string>> = {
  matched: 'matches',
  'not-matched': 'does not match',
  'uncertain-applied': 'cannot be ruled out, so it counts',
  'uncertain-passed-over': 'cannot be confirmed, so it does not count',
  'not-reached': 'not reached',
};

const NEGATION = /(^|\s)not (?=\S)/g;

/** An explanation as text: the decision first, then every layer and rule. */
export function explanationText(
  explanation: Explanation,
  config: LoadedConfig,
  color: ChalkInstance,
): string {
  const { decision, protection, layers, neededScopes } = explanation;
  const lines = [...decisionLines(decision, color)];
  if (neededScopes.length > 0)
    lines.push(`  it would pass with the scopes: ${printable(neededScopes.join(' '))}`);
  if (protection !== undefined) {
    lines.push('', 'The arguments touch files that guard protects, so no layer is asked.');
  }
  for (const layer of layers) {
    const file = config.layers.find((loaded) => loaded.layer === layer.layer);
    lines.push('', ...layerLines(layer, file?.path, color));
  }
  lines.push(...config.notes.map((note) => printable(note)));
  return `${lines.join('\n')}\n`;
}

function decisionLines(decision: Decision, color: ChalkInstance): string[] {
  const lines = [`${effectText(decision, color)}  ${becauseText(decision)}`];
  for (const obligation of decision.obligations) {
    const need = {
      approval: 'a person approves',
      limits: 'its counters allow',
      requires: 'the required tools were called before',
      evidence: 'the required evidence is in',
    };
    lines.push(`  if ${need[obligation.kind]} (${ruleText(obligation.rule)})`);
  }
  if (decision.feedback?.message !== undefined)
    lines.push(`  message: ${printable(decision.feedback.message)}`);
  if (decision.feedback?.suggestion !== undefined)
    lines.push(`  suggestion: ${printable(decision.feedback.suggestion)}`);
  lines.push(...decision.uncertain.map((note) => color.yellow(`  uncertain: ${printable(note)}`)));
  if (decision.observed !== undefined) {
    lines.push(
      `  a layer in observe mode would have said: ${effectText(decision.observed, color)}  ${becauseText(decision.observed)}`,
    );
  }
  return lines;
}

function effectText(
  { effect, obligations, wouldDeny }: Pick<Decision, 'effect' | 'obligations' | 'wouldDeny'>,
  color: ChalkInstance,
): string {
  if (effect === 'deny') return color.red.bold('deny');
  if (effect === 'dry_run') return color.yellow.bold(wouldDeny === true ? 'dry run of deny' : 'dry run');
  return obligations.length === 0 ? color.green.bold('allow') : color.yellow.bold('allow');
}

const BECAUSE: Readonly<Record<Exclude<Decision['reason'], 'rule' | 'default'>, string>> = {
  'unlisted-tool': "because the tool is not on the server's list",
  'unknown-method': 'because no revision of the protocol defines the method',
  'tool-drift': 'because the definition of the tool changed',
  'self-protection': "because guard's own files are protected",
  'kill-switch': 'because the kill switch is on',
  'evaluation-failed': 'because the policy could not be evaluated',
};

function becauseText({ reason, rule }: Decision): string {
  if (reason === 'rule') return `by ${ruleText(rule)}`;
  if (reason !== 'default') return BECAUSE[reason];
  return rule.layer === 'built-in'
    ? 'because no layer says otherwise'
    : `by the default of the ${rule.layer} layer`;
}

function ruleText(rule: RuleRef): string {
  return `rule ${printable(rule.name)} (${rule.layer} layer${rule.index < 0 ? '' : `, rule ${rule.index + 1}`})`;
}

function layerLines(layer: LayerReport, file: string | undefined, color: ChalkInstance): string[] {
  const lines = [
    `${color.bold(`${layer.layer} layer`)}, ${layer.mode}${file === undefined ? '' : `  ${color.dim(printable(file))}`}`,
  ];
  if (layer.gate !== undefined) lines.push(`  decided by ${printable(layer.gate.name)} before any rule`);
  for (const rule of layer.rules) lines.push(...ruleLines(rule, color));
  lines.push(
    `  default  ${layer.usesDefault ? 'decides' : color.dim('not reached')}`,
    `  this layer says ${effectText(layer.outcome, color)}`,
  );
  return lines;
}

/** What became of one rule, with its conditions where it was reached. */
export function ruleLines(report: RuleReport, color: ChalkInstance): string[] {
  const { rule, action, status, conditions } = report;
  const counts = status === 'matched' || status === 'uncertain-applied';
  const text = `  ${rule.index + 1}. ${printable(rule.name)}  ${action}  ${STATUS[status]}`;
  const lines = [counts ? color.bold(text) : color.dim(text)];
  for (const { condition, wanted, actual, truth, why } of conditions) {
    const mark = {
      met: color.green('true   '),
      'not-met': color.red('false  '),
      unknown: color.yellow('unknown'),
    }[truth];
    // Reports hold the truth before a `not` around the condition, so the `not` is told apart.
    const plain = printable(condition).replaceAll(NEGATION, '$1');
    const notes = [
      ...(why === undefined ? [] : [printable(why)]),
      ...(plain === condition ? [] : ['the rule wants the opposite']),
    ];
    lines.push(
      `     ${mark}  ${plain}: wanted ${wanted}, the call has ${actual}${notes.length === 0 ? '' : ` (${notes.join('; ')})`}`,
    );
  }
  return lines;
}
