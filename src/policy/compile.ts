import { RULES_MAX } from '../platform/bounds.js';
import type { Mode } from '../platform/mode.js';
import type { CompileContext } from './compile-condition.js';
import { type Rule, compileRule } from './compile-rule.js';
import type { CompiledPolicy, Layer, LayerOutcomes } from './compiled.js';
import type { LayerName, RuleRef } from './decision.js';
import { prepare } from './evaluate.js';
import { Mistakes, type PolicyMistake } from './mistakes.js';
import { type Outcome, builtInOutcome } from './outcome.js';
import type { PolicyPorts } from './ports.js';
import { type ProtectionSource, compileProtection } from './protection.js';
import { RuleIndex } from './rule-index.js';
import type { PolicySource } from './source.js';
import { SubjectMemory } from './subject-memory.js';

/** One config file's part in policy. */
export interface LayerSource {
  readonly layer: LayerName;
  readonly mode: Mode;
  readonly environment: string | undefined;
  /** Relative paths in rules, and in the values that they are compared with, start here. */
  readonly baseDir: string;
  readonly policy: PolicySource;
}

/** A compiled policy, or every mistake that stands in its way. */
export type CompileResult =
  | { readonly ok: true; readonly policy: CompiledPolicy }
  | { readonly ok: false; readonly mistakes: readonly PolicyMistake[] };

/**
 * Compiles all layers into one frozen policy. Never throws for what a config file says: bad globs,
 * expressions, paths, decimals and names come back as mistakes, all of them at once.
 */
export function compilePolicy(
  sources: readonly LayerSource[],
  ports: PolicyPorts,
  protection?: ProtectionSource,
): CompileResult {
  const mistakes: PolicyMistake[] = [];
  const layers = sources.map((source) => {
    const own = new Mistakes(source.layer);
    const layer = compileLayer(source, ports, own);
    mistakes.push(...own.list);
    return layer;
  });
  if (mistakes.length > 0) return { ok: false, mistakes };
  Object.freeze(layers);
  const policy: CompiledPolicy = {
    layers,
    ports,
    protection: protection === undefined ? undefined : compileProtection(protection, ports),
    memory: new SubjectMemory((subject) => prepare(layers, ports, subject)),
  };
  return { ok: true, policy: Object.freeze(policy) };
}

function compileLayer(source: LayerSource, ports: PolicyPorts, mistakes: Mistakes): Layer {
  const { policy } = source;
  const context: CompileContext = {
    baseDir: source.baseDir,
    environment: source.environment,
    ports,
    mistakes,
    observed: source.mode === 'observe',
  };
  const rules = policy.rules
    .slice(0, RULES_MAX)
    .map((rule, index) => compileRule(rule, source.layer, index, context, ['policies', 'rules', index]));
  if (policy.rules.length > RULES_MAX) mistakes.add(['policies', 'rules'], `more than ${RULES_MAX} rules`);
  refuseDuplicates(rules, mistakes);
  return Object.freeze({
    name: source.layer,
    mode: source.mode,
    settings: policy,
    rules: Object.freeze(rules),
    index: new RuleIndex(rules),
    outcomes: outcomesOf(source.layer, policy),
  });
}

function refuseDuplicates(rules: readonly Rule[], mistakes: Mistakes): void {
  const seen = new Map<string, number>();
  for (const { ref } of rules) {
    const earlier = seen.get(ref.name);
    if (earlier !== undefined) {
      mistakes.add(['policies', 'rules', ref.index, 'name'], `rule ${earlier + 1} has the same name`);
    }
    seen.set(ref.name, earlier ?? ref.index);
  }
}

function outcomesOf(layer: LayerName, policy: PolicySource): LayerOutcomes {
  return {
    unknownMethod: builtInOutcome('deny', 'unknown_methods', layer, 'unknown-method'),
    unlistedTool: builtInOutcome('deny', 'unlisted_tools', layer, 'unlisted-tool'),
    driftBlock: builtInOutcome('deny', 'on_tool_drift', layer, 'tool-drift'),
    driftApproval: withApproval(builtInOutcome('allow', 'on_tool_drift', layer, 'tool-drift')),
    byDefault: defaultOutcome(layer, policy),
    observing: builtInOutcome('allow', 'observe', layer, 'default'),
    failed: builtInOutcome('deny', 'evaluation-failed', layer, 'evaluation-failed'),
  };
}

function defaultOutcome(layer: LayerName, policy: PolicySource): Outcome {
  switch (policy.default) {
    case 'allow':
    case 'deny':
      return builtInOutcome(policy.default, 'default', layer, 'default');
    case 'require_approval':
      return withApproval(builtInOutcome('allow', 'default', layer, 'default'));
  }
}

function withApproval(outcome: Outcome): Outcome {
  const rule: RuleRef = outcome.rule;
  return { ...outcome, obligations: [{ kind: 'approval', approval: {}, rule }] };
}
