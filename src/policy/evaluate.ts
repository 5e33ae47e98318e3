import { POLICY_NOTES_MAX } from '../platform/bounds.js';
import type { CompiledPolicy, Layer } from './compiled.js';
import type { Decision } from './decision.js';
import { Judging } from './judging.js';
import { judgeCondition } from './matcher.js';
import {
  type Outcome,
  builtInOutcome,
  decisionOf,
  isPlainAllow,
  isStricter,
  triedDry,
  unite,
} from './outcome.js';
import type { PolicyPorts } from './ports.js';
import { type PreparedLayer, prepareLayer } from './prepare.js';
import { findProtected } from './self-protection.js';
import type { Subject } from './subject.js';
import type { Prepared } from './subject-memory.js';
import { isUnknown, judgeTree } from './truth.js';

const NO_POLICY = builtInOutcome('allow', 'no-policy', 'built-in', 'default');
const FAILED = finished(builtInOutcome('deny', 'evaluation-failed', 'built-in', 'evaluation-failed'));
const PROTECTED = finished(
  builtInOutcome('deny', 'self-protection', 'built-in', 'self-protection', {
    message: 'The arguments touch files of guard, or client config files that start it.',
    suggestion: 'Leave these files to a person; work on other paths.',
  }),
);

/**
 * The decision of a policy on a subject. Total and synchronous: it never throws, and what it cannot
 * judge it denies. The strictest enforcing layer wins; an uncertain rule counts in whichever way is
 * stricter, and `uncertain` names the conditions that were.
 */
export function evaluate(policy: CompiledPolicy, subject: Subject): Decision {
  try {
    const judging = new Judging(subject, policy.ports);
    if (policy.protection !== undefined && findProtected(policy.protection, judging) !== undefined) {
      return PROTECTED;
    }
    const prepared = policy.memory.recall(subject);
    return prepared.constant ?? decide(prepared.layers, judging);
  } catch {
    return FAILED;
  }
}

/** Everything about a subject that its names, hints and standing settle, in all layers. */
export function prepare(layers: readonly Layer[], ports: PolicyPorts, subject: Subject): Prepared {
  const prepared = layers.map((layer) => prepareLayer(layer, subject));
  const isOpen = prepared.some((layer) => layer.candidates.length > 0);
  return {
    layers: prepared,
    constant: isOpen ? undefined : Object.freeze(decide(prepared, new Judging(subject, ports))),
  };
}

function decide(layers: readonly PreparedLayer[], judging: Judging): Decision {
  const enforced = new Verdict();
  const observed = new Verdict();
  for (const prepared of layers) {
    const { layer } = prepared;
    const own = new Verdict();
    judgeLayer(prepared, judging, own);
    const outcome = own.outcome ?? layer.outcomes.failed;
    switch (layer.mode) {
      case 'enforce':
        enforced.add(outcome, own.notes);
        break;
      case 'dry_run':
        enforced.add(triedDry(outcome), own.notes);
        break;
      case 'observe':
        observed.add(outcome, own.notes);
        enforced.add(isPlainAllow(outcome) ? outcome : layer.outcomes.observing);
    }
  }
  const outcome = enforced.outcome ?? NO_POLICY;
  const other = observed.outcome;
  const isWorthTelling = other !== undefined && isStricter(other, outcome);
  return decisionOf(
    outcome,
    enforced.notes,
    isWorthTelling ? decisionOf(other, observed.notes, undefined) : undefined,
  );
}

/**
 * Rules in order, first match wins. An uncertain plain allow is passed over. Any other uncertain rule
 * is held against what follows it, so that the stricter of the two stands: an uncertain deny is the
 * strictest there is and ends the search.
 */
function judgeLayer(prepared: PreparedLayer, judging: Judging, verdict: Verdict): void {
  const { layer, candidates, tail, extra } = prepared;
  try {
    let isDecided = false;
    for (const { outcome, matcher } of candidates) {
      const truth = judgeTree(matcher, judgeCondition, judging);
      if (truth === false) continue;
      if (isUnknown(truth)) verdict.note(truth.notes);
      if (isUnknown(truth) && isPlainAllow(outcome)) continue;
      verdict.add(outcome);
      isDecided = truth === true || outcome.effect === 'deny';
      if (isDecided) break;
    }
    if (!isDecided) verdict.add(tail);
    if (extra !== undefined) verdict.add(extra);
  } catch {
    verdict.add(layer.outcomes.failed);
  }
}

const NONE: readonly string[] = [];

/** Outcomes united as they come, with what was uncertain about them. */
class Verdict {
  outcome: Outcome | undefined;
  notes: readonly string[] = NONE;

  add(outcome: Outcome, notes: readonly string[] = NONE): void {
    this.outcome = this.outcome === undefined ? outcome : unite(this.outcome, outcome);
    this.note(notes);
  }

  note(notes: readonly string[]): void {
    if (notes.length > 0) this.notes = [...this.notes, ...notes].slice(0, POLICY_NOTES_MAX);
  }
}

function finished(outcome: Outcome): Decision {
  return Object.freeze(decisionOf(outcome, [], undefined));
}
