import { NEEDED_SCOPES_MAX, NEEDED_SCOPES_RULES_MAX } from '../platform/bounds.js';
import type { CompiledPolicy } from './compiled.js';
import { evaluate } from './evaluate.js';
import { Judging } from './judging.js';
import { type Matcher, judgeCondition } from './matcher.js';
import type { PreparedLayer } from './prepare.js';
import { namedScopes } from './scopes.js';
import type { Subject } from './subject.js';
import { judgeTree } from './truth.js';

/**
 * The scopes with which a denied call would not be denied, all of them at once and none that is not
 * needed; empty where scopes would not help, where nobody is verified, or where evaluation fails.
 * For a challenge: who has to ask for a token with more scopes is to be told once.
 */
export function neededScopes(policy: CompiledPolicy, subject: Subject): readonly string[] {
  const { scopes } = subject;
  if (scopes === undefined) return [];
  const passesWith = (more: readonly string[]): boolean =>
    evaluate(policy, { ...subject, scopes: [...scopes, ...more] }).effect !== 'deny';
  try {
    if (passesWith([])) return [];
    for (const more of proposals(policy, subject, scopes)) {
      if (passesWith(more)) return spared(more, passesWith);
    }
    return [];
  } catch {
    return [];
  }
}

/** The scopes without those that are not needed beside the others. */
function spared(
  scopes: readonly string[],
  isEnough: (scopes: readonly string[]) => boolean,
): readonly string[] {
  let kept = scopes;
  for (const scope of scopes) {
    const fewer = kept.filter((other) => other !== scope);
    if (isEnough(fewer)) kept = fewer;
  }
  return kept;
}

/**
 * Scopes to try: what keeps rules from denying, and on top of it what lets a single other rule apply,
 * in the order of the rules.
 */
function* proposals(
  policy: CompiledPolicy,
  subject: Subject,
  scopes: readonly string[],
): Generator<readonly string[]> {
  const { layers } = policy.memory.recall(subject);
  const enforced = layers.filter(({ layer }) => layer.mode === 'enforce');
  const judging = new Judging(subject, policy.ports);
  const lifting = lacking(liftingScopes(enforced, judging), scopes);
  if (lifting.length > 0) yield lifting;
  let tried = 0;
  for (const { candidates } of enforced) {
    for (const { outcome, matcher } of candidates) {
      if (outcome.effect === 'deny') continue;
      const opening = lacking(wantedScopes(matcher, false), scopes);
      if (opening.length === 0) continue;
      tried += 1;
      if (tried > NEEDED_SCOPES_RULES_MAX) return;
      yield lacking([...lifting, ...opening], []);
    }
  }
}

function liftingScopes(layers: readonly PreparedLayer[], judging: Judging): string[] {
  return layers.flatMap(({ candidates }) =>
    candidates.flatMap(({ outcome, matcher }) =>
      outcome.effect === 'deny' && judgeTree(matcher, judgeCondition, judging) !== false
        ? wantedScopes(matcher, true)
        : [],
    ),
  );
}

/** The scopes whose presence helps the matcher to hold; with `negated`, not to hold. */
function wantedScopes(matcher: Matcher, negated: boolean): readonly string[] {
  switch (matcher.kind) {
    case 'constant':
      return [];
    case 'not':
      return wantedScopes(matcher.of, !negated);
    case 'all':
    case 'any':
      return matcher.of.flatMap((part) => wantedScopes(part, negated));
    case 'leaf': {
      const condition = matcher.leaf;
      if (condition.kind !== 'scopes') return [];
      return (condition.how === 'missing') === negated ? namedScopes(condition) : [];
    }
  }
}

/** Each of the wanted ones once, as far as it is not there, a bounded number. */
function lacking(wanted: readonly string[], scopes: readonly string[]): readonly string[] {
  return [...new Set(wanted)].filter((scope) => !scopes.includes(scope)).slice(0, NEEDED_SCOPES_MAX);
}
