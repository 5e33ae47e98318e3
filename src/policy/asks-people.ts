import type { CompiledPolicy, Layer } from './compiled.js';
import type { Outcome } from './outcome.js';

/** Whether some call under this policy could need a person's approval. */
export function asksPeople(policy: CompiledPolicy): boolean {
  return policy.layers.some(
    (layer) => layer.rules.some(({ outcome }) => asks(outcome)) || defaultsOf(layer).some(asks),
  );
}

function defaultsOf({ settings, outcomes }: Layer): Outcome[] {
  const drift = settings.on_tool_drift === 'require_approval' ? [outcomes.driftApproval] : [];
  return [outcomes.byDefault, ...drift];
}

function asks(outcome: Outcome): boolean {
  return outcome.obligations.some(({ kind }) => kind === 'approval');
}
