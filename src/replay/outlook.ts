import type { CompiledEvidence } from '../limits/evidence.js';
import { REPLAY_POSSIBILITIES_MAX } from '../platform/bounds.js';
import type { CompiledPolicy, Layer } from '../policy/compiled.js';
import { Judging } from '../policy/judging.js';
import type { Matcher } from '../policy/matcher.js';
import { type Outcome, isPlainAllow, triedDry, unite } from '../policy/outcome.js';
import { driftObligation, gateOf } from '../policy/prepare.js';
import type { Subject } from '../policy/subject.js';
import { isUnknown, judgeTree } from '../policy/truth.js';
import { type GapNotes, gapAt, judgeLogged, type LogGaps } from './log-gaps.js';
import type { StagedPolicy } from './stage.js';

/** Whether the log tells enough of a call to say what a policy makes of it. */
export type Outlook =
  | { readonly kind: 'settled' }
  /** It depends on what the log does not tell. */
  | { readonly kind: 'undecidable'; readonly missed: readonly string[] };

const SETTLED: Outlook = { kind: 'settled' };

/**
 * Looks whether what the log does not tell could change the decision: each condition that looks at a
 * gap may be met or not, and only where every way leads to the same decision the call is settled.
 * Then `evaluate` decides the same, whatever stands in the place of what is missing.
 */
export function outlook(staged: StagedPolicy, subject: Subject, gaps: LogGaps): Outlook {
  if (!hasGaps(gaps)) return SETTLED;
  const notes: GapNotes = { judging: new Judging(subject, staged.policy.ports), gaps, missed: new Set() };
  const outcomes = possibleOutcomes(staged.policy, notes);
  const [only] = outcomes;
  if (outcomes.length > 1 || only === undefined) return { kind: 'undecidable', missed: [...notes.missed] };
  if (only.effect === 'deny') return SETTLED;
  const missed = [...missedAmounts(only, notes), ...missedBudgets(staged, notes)];
  return missed.length === 0 ? SETTLED : { kind: 'undecidable', missed };
}

/** Whether the call may have put evidence in, and the log does not tell. */
export function mayProve({ list, ports }: CompiledEvidence, subject: Subject, gaps: LogGaps): boolean {
  if (list.length === 0 || subject.tool === undefined || !hasGaps(gaps)) return false;
  const notes: GapNotes = { judging: new Judging(subject, ports), gaps, missed: new Set() };
  return list.some(({ matcher }) => isOpen(matcher, notes));
}

function hasGaps({ arguments: all, redacted, names, hints, caller }: LogGaps): boolean {
  return all || redacted || names.size > 0 || hints || caller;
}

/** Every outcome that the call may have, by what it amounts to. */
function possibleOutcomes(policy: CompiledPolicy, notes: GapNotes): readonly Outcome[] {
  let united: readonly Outcome[] | undefined;
  for (const layer of policy.layers) {
    // What is only observed changes no decision.
    if (layer.mode === 'observe') continue;
    const own = layerOutcomes(layer, notes).map((one) => (layer.mode === 'dry_run' ? triedDry(one) : one));
    united =
      united === undefined
        ? distinct(own)
        : distinct(united.flatMap((one) => own.map((other) => unite(one, other))));
  }
  return united ?? [ALLOWED];
}

const ALLOWED: Outcome = {
  effect: 'allow',
  obligations: [],
  rule: { name: 'no-policy', layer: 'built-in', index: -1 },
  reason: 'default',
  feedback: undefined,
};

function layerOutcomes(layer: Layer, notes: GapNotes): readonly Outcome[] {
  const { subject } = notes.judging;
  const gate = gateOf(layer, subject);
  if (gate !== undefined) return [gate];
  const found: Outcome[] = [];
  /** Rules that policy itself cannot judge: they are held against what follows, as evaluate.ts does it. */
  let held: Outcome | undefined;
  const add = (outcome: Outcome): void => {
    found.push(held === undefined ? outcome : unite(held, outcome));
  };
  let isDecided = false;
  for (const { matcher, outcome } of layer.index.rulesFor(subject.tool)) {
    const before = notes.missed.size;
    const truth = judgeTree(matcher, judgeLogged, notes);
    if (truth === false) continue;
    if (isUnknown(truth) && isOpen(matcher, notes, before)) {
      if (found.length < REPLAY_POSSIBILITIES_MAX) add(outcome);
      continue;
    }
    if (isUnknown(truth) && isPlainAllow(outcome)) continue;
    isDecided = truth === true || outcome.effect === 'deny';
    if (isDecided) {
      add(outcome);
      break;
    }
    held = held === undefined ? outcome : unite(held, outcome);
  }
  if (!isDecided) add(layer.outcomes.byDefault);
  const extra = driftObligation(layer, subject);
  return distinct(extra === undefined ? found : found.map((one) => unite(one, extra)));
}

/** Whether a gap keeps a match from being judged. One that was missed before is looked for anew. */
function isOpen(matcher: Matcher, notes: GapNotes, missedBefore?: number): boolean {
  if (missedBefore !== undefined && notes.missed.size > missedBefore) return true;
  const own: GapNotes = { ...notes, missed: new Set() };
  return isUnknown(judgeTree(matcher, judgeLogged, own)) && own.missed.size > 0;
}

/** One outcome of each kind: plain ones by their effect, those with obligations by their rules. */
function distinct(outcomes: readonly Outcome[]): readonly Outcome[] {
  const kinds = new Map<string, Outcome>();
  for (const outcome of outcomes) {
    const { effect, wouldDeny, obligations } = outcome;
    const rules = obligations.map(({ kind, rule }) => `${kind} ${rule.layer} ${rule.index}`);
    const kind = [effect, String(wouldDeny === true), ...rules].join('\n');
    if (!kinds.has(kind) && kinds.size <= REPLAY_POSSIBILITIES_MAX) kinds.set(kind, outcome);
  }
  return [...kinds.values()];
}

function missedAmounts({ obligations }: Outcome, { judging, gaps }: GapNotes): string[] {
  return obligations.flatMap((obligation) => {
    if (obligation.kind !== 'limits') return [];
    return obligation.pots.flatMap(({ field }) => {
      const gap = field === null ? undefined : gapAt(field.path, judging.subject.input, gaps);
      return gap ?? [];
    });
  });
}

function missedBudgets({ budgets }: StagedPolicy, notes: GapNotes): string[] {
  const missed = new Set<string>();
  for (const { mode, contributors } of budgets.list) {
    if (mode === 'observe') continue;
    for (const { matcher, field } of contributors) {
      const own: GapNotes = { ...notes, missed: new Set() };
      const truth = judgeTree(matcher, judgeLogged, own);
      if (truth === false) continue;
      if (isUnknown(truth)) for (const gap of own.missed) missed.add(gap);
      const gap = gapAt(field.path, notes.judging.subject.input, notes.gaps);
      if (gap !== undefined) missed.add(gap);
      if (truth === true) break;
    }
  }
  return [...missed];
}
