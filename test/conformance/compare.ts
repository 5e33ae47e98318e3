import type { ScenarioResult } from './suite.js';

/** What became of a scenario behind a target, next to the fixture alone. */
export interface Compared {
  readonly scenario: string;
  readonly outcome: 'same' | 'lost' | 'allowed' | 'unscored' | 'neither';
  readonly direct: string;
  readonly target: string;
  readonly troubles: readonly string[];
}

/**
 * Compares scenario by scenario. `lost` is what counts: it passes directly, the target is held to it and
 * fails it. `allowed` names the scenarios that this target may miss; `also` names unscored ones that it
 * must pass all the same.
 */
export function compare(
  direct: readonly ScenarioResult[],
  target: readonly ScenarioResult[],
  { allowed = [], also = [] }: { allowed?: readonly string[]; also?: readonly string[] } = {},
): Compared[] {
  return direct.map((alone) => {
    const behind = target.find(({ scenario }) => scenario === alone.scenario);
    const counts = alone.required || also.includes(alone.scenario);
    return {
      scenario: alone.scenario,
      outcome: outcomeOf(alone, behind, counts, allowed.includes(alone.scenario)),
      direct: count(alone),
      target: behind === undefined ? 'did not run' : count(behind),
      troubles: behind?.troubles ?? [],
    };
  });
}

function outcomeOf(
  alone: ScenarioResult,
  behind: ScenarioResult | undefined,
  counts: boolean,
  mayMiss: boolean,
): Compared['outcome'] {
  if (behind !== undefined && behind.failed === 0) return 'same';
  if (alone.failed > 0) return 'neither';
  if (!counts) return 'unscored';
  return mayMiss ? 'allowed' : 'lost';
}

/** Required scenarios that the fixture itself does not pass: the yardstick would be broken. */
export function broken(direct: readonly ScenarioResult[]): ScenarioResult[] {
  return direct.filter(({ required, failed }) => required && failed > 0);
}

function count({ passed, failed }: ScenarioResult): string {
  return `${passed}/${failed}`;
}
