import type { Mode } from '../platform/mode.js';
import type { Rule } from './compile-rule.js';
import type { LayerName } from './decision.js';
import type { Outcome } from './outcome.js';
import type { PolicyPorts } from './ports.js';
import type { Protection } from './protection.js';
import type { RuleIndex } from './rule-index.js';
import type { PolicySource } from './source.js';
import type { SubjectMemory } from './subject-memory.js';

/** One layer, ready to evaluate. */
export interface Layer {
  readonly name: LayerName;
  readonly mode: Mode;
  readonly settings: Pick<
    PolicySource,
    'hide_denied' | 'unknown_methods' | 'unlisted_tools' | 'on_tool_drift'
  >;
  readonly rules: readonly Rule[];
  readonly index: RuleIndex;
  readonly outcomes: LayerOutcomes;
}

/** What a layer answers where no rule decides. */
export interface LayerOutcomes {
  readonly unknownMethod: Outcome;
  readonly unlistedTool: Outcome;
  readonly driftBlock: Outcome;
  readonly driftApproval: Outcome;
  readonly byDefault: Outcome;
  /** What a layer in observe mode contributes where it would have restricted the call. */
  readonly observing: Outcome;
  readonly failed: Outcome;
}

/** All layers of one configuration, compiled once and swapped whole on reload. */
export interface CompiledPolicy {
  readonly layers: readonly Layer[];
  readonly ports: PolicyPorts;
  readonly protection: Protection | undefined;
  /** The only mutable part: it holds what can be computed again from the rest. */
  readonly memory: SubjectMemory;
}
