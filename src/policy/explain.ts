import type { Mode } from '../platform/mode.js';
import type { Rule } from './compile-rule.js';
import type { CompiledPolicy, Layer } from './compiled.js';
import type { Decision, LayerName, RuleRef } from './decision.js';
import { evaluate } from './evaluate.js';
import { type ConditionReport, reportConditions } from './explain-conditions.js';
import { Judging } from './judging.js';
import { judgeCondition } from './matcher.js';
import { neededScopes } from './needed-scopes.js';
import { type Outcome, isPlainAllow, unite } from './outcome.js';
import { driftObligation, gateOf } from './prepare.js';
import { type Touch, findProtected } from './self-protection.js';
import type { Action } from './source.js';
import type { Subject } from './subject.js';
import { isUnknown, judgeTree } from './truth.js';

/** What became of one rule. */
export type RuleStatus =
  /** Its conditions are met, and it decided. */
  | 'matched'
  | 'not-matched'
  /** Some condition is unknown; the rule restricts, so it counts as far as it is the stricter. */
  | 'uncertain-applied'
  /** Some condition is unknown; the rule only allows, so it was passed over. */
  | 'uncertain-passed-over'
  /** An earlier rule decided. */
  | 'not-reached';

/** One rule of a layer and why it did or did not apply. Conditions are empty where it was not reached. */
export interface RuleReport {
  readonly rule: RuleRef;
  readonly action: Action;
  readonly status: RuleStatus;
  readonly conditions: readonly ConditionReport[];
}

/** What one layer makes of a subject, step by step. */
export interface LayerReport {
  readonly layer: LayerName;
  readonly mode: Mode;
  /** What decided before any rule was asked: an unknown method, an unlisted tool, drift. */
  readonly gate: RuleRef | undefined;
  readonly rules: readonly RuleReport[];
  /** True when no rule decided and the layer's default counts. */
  readonly usesDefault: boolean;
  readonly outcome: Outcome;
}

/** A decision with everything that led to it, for people; pure data, foreign text already printable. */
export interface Explanation {
  readonly decision: Decision;
  /** How the arguments touch protected files; then no layer is asked. */
  readonly protection: Touch['kind'] | undefined;
  readonly layers: readonly LayerReport[];
  /** The scopes with which the call would not be denied, where scopes are what it lacks. */
  readonly neededScopes: readonly string[];
}

/**
 * Explains what `evaluate` decides. Goes through every rule in order without the index, so it is slow
 * with many rules. Throws only where a port does.
 */
export function explain(policy: CompiledPolicy, subject: Subject): Explanation {
  const judging = new Judging(subject, policy.ports);
  const touch = policy.protection === undefined ? undefined : findProtected(policy.protection, judging);
  return {
    decision: evaluate(policy, subject),
    protection: touch?.kind,
    layers: policy.layers.map((layer) => explainLayer(layer, judging)),
    neededScopes: neededScopes(policy, subject),
  };
}

function explainLayer(layer: Layer, judging: Judging): LayerReport {
  const { subject } = judging;
  const gate = gateOf(layer, subject);
  const reports: RuleReport[] = [];
  let outcome = gate;
  let isDecided = gate !== undefined;
  for (const rule of layer.rules) {
    const report = isDecided ? notReached(rule) : explainRule(rule, judging);
    reports.push(report);
    if (report.status === 'matched' || report.status === 'uncertain-applied') {
      outcome = outcome === undefined ? rule.outcome : unite(outcome, rule.outcome);
      isDecided = report.status === 'matched' || rule.outcome.effect === 'deny';
    }
  }
  if (!isDecided) {
    outcome = outcome === undefined ? layer.outcomes.byDefault : unite(outcome, layer.outcomes.byDefault);
  }
  outcome ??= layer.outcomes.failed;
  const extra = gate === undefined ? driftObligation(layer, subject) : undefined;
  return {
    layer: layer.name,
    mode: layer.mode,
    gate: gate?.rule,
    rules: reports,
    usesDefault: !isDecided,
    outcome: extra === undefined ? outcome : unite(outcome, extra),
  };
}

function explainRule(rule: Rule, judging: Judging): RuleReport {
  const truth = judgeTree(rule.matcher, judgeCondition, judging);
  return {
    rule: rule.ref,
    action: rule.action,
    status: isUnknown(truth) ? uncertainStatus(rule) : truth ? 'matched' : 'not-matched',
    conditions: reportConditions(rule.matcher, judging),
  };
}

function uncertainStatus(rule: Rule): RuleStatus {
  return isPlainAllow(rule.outcome) ? 'uncertain-passed-over' : 'uncertain-applied';
}

function notReached(rule: Rule): RuleReport {
  return { rule: rule.ref, action: rule.action, status: 'not-reached', conditions: [] };
}
