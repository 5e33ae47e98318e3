import type { Change } from './changes.js';
import type { Detail } from './learned-policy.js';
import type { UsedSubject } from './used-subject.js';
import type { SimulationResult } from './tally.js';

/** How narrow the rules of a learned policy are, as narrow as the log that they come from allows. */
export interface Narrowness {
  detailOf(subject: Pick<UsedSubject, 'server' | 'method' | 'tool'>): Detail;
  /**
   * Takes note of a replay of the same log under the policy. True where some call that was let pass
   * would be denied, or cannot be told: then the rules of its tool were widened, and the policy has
   * to be written again.
   */
  widen(result: SimulationResult): boolean;
}

/** Every rule as narrow as it can be. */
export function createNarrowness(): Narrowness {
  const details = new Map<string, Detail>();
  let floor: Detail = 'bounds';
  const detailOf = (subject: Pick<UsedSubject, 'server' | 'method' | 'tool'>): Detail =>
    wider(floor, details.get(keyOf(subject)) ?? 'bounds');
  return {
    detailOf,
    widen(result) {
      const failed = [...result.changes.filter(isLost), ...result.undecided.filter(wasAllowed)];
      // What is not told apart may be of any tool.
      const hasFurther = result.furtherChanges + result.furtherUndecided > 0;
      let isWider = false;
      if (hasFurther && floor !== 'methods') {
        floor = next(floor);
        isWider = true;
      }
      for (const change of failed) {
        const before = detailOf(change);
        if (before === 'methods') continue;
        details.set(keyOf(change), next(before));
        isWider = true;
      }
      return isWider;
    },
  };
}

function isLost(change: Change): boolean {
  return change.to?.decision === 'deny' && wasAllowed(change);
}

function wasAllowed({ from }: Change): boolean {
  return from.decision === 'allow' || from.decision === 'require_approval';
}

const DETAILS: readonly Detail[] = ['bounds', 'names', 'methods'];

function next(detail: Detail): Detail {
  return DETAILS[DETAILS.indexOf(detail) + 1] ?? 'methods';
}

function wider(one: Detail, other: Detail): Detail {
  return DETAILS.indexOf(one) > DETAILS.indexOf(other) ? one : other;
}

function keyOf({ server, method, tool }: Pick<UsedSubject, 'server' | 'method' | 'tool'>): string {
  return JSON.stringify([server, method, tool]);
}
