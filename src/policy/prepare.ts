import type { Layer } from './compiled.js';
import type { Judging } from './judging.js';
import { type Condition, type Matcher, judgeCaller, judgeStatic } from './matcher.js';
import { type Outcome, isPlainAllow, unite } from './outcome.js';
import type { Subject } from './subject.js';
import { type Truth, isUnknown, simplify } from './truth.js';

/** A rule that may apply to a subject, with the conditions that its names and hints leave open. */
interface Candidate {
  readonly outcome: Outcome;
  readonly matcher: Matcher;
}

/** What a layer comes to for all calls of one tool by one agent, up to their arguments. */
export interface PreparedLayer {
  readonly layer: Layer;
  readonly candidates: readonly Candidate[];
  /** What holds when no candidate decides. */
  readonly tail: Outcome;
  /** An obligation on top of whatever the rules decide. */
  readonly extra: Outcome | undefined;
}

/**
 * Evaluates everything about a layer that a subject's names, hints and standing settle. Order: unknown
 * method, unlisted tool, drift, rules, default.
 */
export function prepareLayer(layer: Layer, subject: Subject): PreparedLayer {
  const gate = gateOf(layer, subject);
  if (gate !== undefined) return { layer, candidates: [], tail: gate, extra: undefined };
  const { candidates, tail } = narrow(
    layer.index.rulesFor(subject.tool),
    (condition) => judgeStatic(condition, subject),
    layer.outcomes.byDefault,
  );
  const extra = driftObligation(layer, subject);
  if (extra === undefined || candidates.length > 0) return { layer, candidates, tail, extra };
  return { layer, candidates, tail: unite(tail, extra), extra: undefined };
}

/** The prepared layer as it is for one caller: what the caller's token settles is settled. */
export function prepareForCaller(prepared: PreparedLayer, judging: Judging): PreparedLayer {
  const known = (condition: Condition): Truth | undefined => judgeCaller(condition, judging);
  return { ...prepared, ...narrow(prepared.candidates, known, prepared.tail) };
}

/** The rules that stay open once these conditions are known, and what holds when none of them decides. */
function narrow(
  rules: readonly Candidate[],
  known: (condition: Condition) => Truth | undefined,
  byDefault: Outcome,
): Pick<PreparedLayer, 'candidates' | 'tail'> {
  const candidates: Candidate[] = [];
  for (const { outcome, matcher: whole } of rules) {
    const matcher = simplify(whole, known);
    if (matcher.kind !== 'constant') {
      candidates.push({ outcome, matcher });
    } else if (isUnknown(matcher.truth)) {
      candidates.push({ outcome, matcher });
      if (outcome.effect === 'deny') break;
    } else if (matcher.truth) {
      return { candidates, tail: outcome };
    }
  }
  return { candidates, tail: byDefault };
}

/** The outcome that stands before any rule is asked, if there is one. */
export function gateOf(layer: Layer, subject: Subject): Outcome | undefined {
  const { settings, outcomes } = layer;
  if (!subject.knownMethod && settings.unknown_methods === 'deny') return outcomes.unknownMethod;
  if (subject.standing === 'unlisted' && settings.unlisted_tools === 'deny') return outcomes.unlistedTool;
  if (subject.standing === 'drifted' && settings.on_tool_drift === 'block') return outcomes.driftBlock;
  return undefined;
}

/** The approval that a drifted tool needs beyond what the rules ask for. */
export function driftObligation(layer: Layer, subject: Subject): Outcome | undefined {
  const isHeld = subject.standing === 'drifted' && layer.settings.on_tool_drift === 'require_approval';
  return isHeld ? layer.outcomes.driftApproval : undefined;
}

/**
 * False where the layer denies the subject whatever its arguments are. A condition on arguments may go
 * either way, so any candidate that does not deny might let a call pass.
 */
export function mayPass(prepared: PreparedLayer): boolean {
  for (const { outcome, matcher } of prepared.candidates) {
    if (outcome.effect === 'deny') continue;
    // An unknown that no argument can settle keeps a plain allow from applying.
    if (matcher.kind === 'constant' && isPlainAllow(outcome)) continue;
    return true;
  }
  const last = prepared.candidates.at(-1);
  const endsInDeny = last?.matcher.kind === 'constant' && last.outcome.effect === 'deny';
  return !endsInDeny && prepared.tail.effect !== 'deny';
}
