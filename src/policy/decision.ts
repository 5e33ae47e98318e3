import type { RulePot } from './pot-terms.js';
import type { ApprovalSource, FeedbackSource } from './source.js';

/** Where a rule came from; the strictest layer wins. `built-in` is guard's own protection. */
export type LayerName = 'built-in' | 'system' | 'user' | 'project';

/** What a call amounts to inside the core. Strictness: deny > dry_run > allow; the obligations of what does not deny add up. */
export type Effect = 'allow' | 'dry_run' | 'deny';

/** What must hold before an allow counts. Obligations of all layers add up. */
export type Obligation =
  | {
      readonly kind: 'approval';
      readonly approval: ApprovalSource;
      readonly rule: RuleRef;
      /** What the person is told beside the rule's own feedback. */
      readonly message?: string;
    }
  | { readonly kind: 'limits'; readonly pots: readonly RulePot[]; readonly rule: RuleRef }
  | {
      readonly kind: 'requires';
      readonly tools: readonly string[];
      readonly success: boolean;
      readonly rule: RuleRef;
    }
  | { readonly kind: 'evidence'; readonly evidence: readonly RequiredEvidence[]; readonly rule: RuleRef };

/** Evidence that a rule requires. */
interface RequiredEvidence {
  readonly name: string;
  /** The marks of which one is enough: that of the rule's own layer, and what was put in by hand. */
  readonly keys: readonly string[];
}

/** A rule, or one of the layer's defaults (`index` -1), as records and denials name it. */
export interface RuleRef {
  readonly name: string;
  readonly layer: LayerName;
  /** Position in its layer from 0; -1 for defaults and built-in protection. */
  readonly index: number;
}

/** Why the deciding layer decided. */
export type DecisionReason =
  | 'rule'
  | 'default'
  | 'unlisted-tool'
  | 'unknown-method'
  | 'tool-drift'
  | 'self-protection'
  | 'kill-switch'
  | 'evaluation-failed';

/** The pure answer of the policy. */
export interface Decision {
  readonly effect: Effect;
  readonly obligations: readonly Obligation[];
  readonly rule: RuleRef;
  readonly reason: DecisionReason;
  readonly feedback: FeedbackSource | undefined;
  /** Conditions that could not be evaluated and were counted the strict way, as `$.path operator: why`. */
  readonly uncertain: readonly string[];
  /** What layers in observe mode would have made of it, where that is stricter than `effect`. */
  readonly observed: Decision | undefined;
  /** Set where a dry run keeps a denial from being one: the call would have been denied. */
  readonly wouldDeny?: true | undefined;
}
