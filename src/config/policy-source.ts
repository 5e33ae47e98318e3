import type { PolicySource, RuleSource } from '../policy/source.js';
import { DEFAULTS } from './defaults.js';
import type { ConfigSource } from './schema.js';

/** The policy that a config file states, with defaults for what it leaves out. */
export function policySourceOf(config: ConfigSource | undefined): PolicySource {
  const { denials: _settings, rules, ...stated } = config?.policies ?? {};
  const { denials: _default, ...defaults } = DEFAULTS.policies;
  return {
    ...defaults,
    ...stated,
    rules: (rules ?? []).map((rule, index): RuleSource => ({ ...rule, name: ruleName(rule.name, index) })),
  };
}

/** The name of a rule at a position from 0; unnamed rules count from 1, as people do. */
export function ruleName(name: string | undefined, index: number): string {
  return name ?? `rule-${index + 1}`;
}
