import { type Model, MODELS, PLAIN_MODEL } from './models/models.js';
import { type Judged, judgedFor, seenBy } from './models/seen.js';

/** A server that would run something else than guard judged. */
export interface Violation {
  readonly model: string;
  readonly seen: readonly string[];
  readonly judged: readonly string[];
}

/**
 * The invariant: of the bytes that guard forwards, no server runs a call other than those that
 * guard judged and let pass, each at most once; and the plain reading runs all of them.
 */
export function violationOf(
  forwarded: Buffer,
  judged: readonly Judged[],
  models: readonly Model[] = MODELS,
): Violation | null {
  for (const model of models) {
    const seen = seenBy(model, forwarded);
    const expected = judged.map((call) => judgedFor(model, call));
    const left = [...expected];
    let wrong = model === PLAIN_MODEL && seen.length !== expected.length;
    for (const call of seen) {
      const at = left.indexOf(call);
      if (at === -1) wrong = true;
      else left.splice(at, 1);
    }
    if (wrong) return { model: model.name, seen, judged: expected };
  }
  return null;
}
