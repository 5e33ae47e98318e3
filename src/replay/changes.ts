import { REPLAY_EXAMPLES_MAX, REPLAY_GROUPS_MAX } from '../platform/bounds.js';
import type { JsonValue } from '../platform/json.js';

/** A decision as both sides of a comparison state it. */
export interface DecisionText {
  readonly decision: string;
  /** Layer and rule, such as `user/no-writes`; null where no rule is on record. */
  readonly rule: string | null;
  readonly reason: string | null;
}

/** A call that stands for its kind. */
interface Example {
  readonly ts: string;
  readonly request_id: string;
  readonly agent: string | null;
  /** Absent where the log does not hold them. */
  readonly arguments?: JsonValue;
}

/** Calls of one tool that go from one decision to another. */
export interface Change {
  readonly server: string;
  readonly method: string;
  readonly tool: string | null;
  readonly from: DecisionText;
  /** Null where it cannot be told. */
  readonly to: DecisionText | null;
  /** Of the first such call: what the new rule looks at, or what the log does not tell. */
  readonly why: readonly string[];
  readonly examples: readonly Example[];
  readonly count: number;
}

/** Changes as they come in, gathered by kind. At most REPLAY_GROUPS_MAX kinds are told apart. */
export interface Changes {
  /** `why` is asked for once per kind. */
  add(kind: Omit<Change, 'why' | 'examples' | 'count'>, example: Example, why: () => readonly string[]): void;
  /** The gravest first: what was allowed and would be denied. */
  sorted(): readonly Change[];
  /** Calls of kinds that are not told apart. */
  further(): number;
}

interface OpenChange extends Change {
  examples: Example[];
  count: number;
}

/** No changes. */
export function createChanges(): Changes {
  const kinds = new Map<string, OpenChange>();
  let further = 0;
  return {
    add(kind, example, why) {
      const { server, method, tool, from, to } = kind;
      const key = JSON.stringify([server, method, tool, from, to]);
      let change = kinds.get(key);
      if (change === undefined) {
        if (kinds.size >= REPLAY_GROUPS_MAX) {
          further += 1;
          return;
        }
        change = { ...kind, why: why(), examples: [], count: 0 };
        kinds.set(key, change);
      }
      change.count += 1;
      if (change.examples.length < REPLAY_EXAMPLES_MAX) change.examples.push(example);
    },
    sorted: () =>
      [...kinds.values()].sort((one, other) => gravity(other) - gravity(one) || other.count - one.count),
    further: () => further,
  };
}

const STRICTNESS: Readonly<Record<string, number>> = { allow: 0, require_approval: 1, dry_run: 2, deny: 3 };

/** How much stricter the new decision is; what is looser comes after what is stricter. */
function gravity({ from, to }: Change): number {
  if (to === null) return -10;
  return (STRICTNESS[to.decision] ?? 0) - (STRICTNESS[from.decision] ?? 0);
}
