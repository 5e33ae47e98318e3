import type { CompiledPolicy, Layer } from './compiled.js';
import type { Obligation } from './decision.js';
import type { Outcome } from './outcome.js';

/** Whether some call under this policy could have an obligation of this kind. */
export function obliges(policy: CompiledPolicy, kind: Obligation['kind']): boolean {
  const has = (outcome: Outcome): boolean =>
    outcome.obligations.some((obligation) => obligation.kind === kind);
  return policy.layers.some(
    (layer) => layer.rules.some(({ outcome }) => has(outcome)) || defaultsOf(layer).some(has),
  );
}

function defaultsOf({ settings, outcomes }: Layer): Outcome[] {
  const drift = settings.on_tool_drift === 'require_approval' ? [outcomes.driftApproval] : [];
  return [outcomes.byDefault, ...drift];
}
