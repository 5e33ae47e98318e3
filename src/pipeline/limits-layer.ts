import type { CompiledBudgets } from '../limits/budget.js';
import type { CompiledEvidence } from '../limits/evidence.js';
import type { Ledger } from '../limits/ledger.js';
import type { CallDraw } from '../limits/pots.js';
import { proofOf, type Proof, type WatchedTools } from '../limits/prerequisites.js';
import type { JsonObject } from '../platform/json.js';
import type { Decision } from '../policy/decision.js';
import { drawNote, exceeded, type Look, lookAt, payable, uncounted, wantedBy } from './limits-look.js';
import type { Charge, Enforcer, GovernedCall, Rehearsal, Ruling } from './ruling.js';

/** Where calls are counted, as far as the pipeline sees it. */
export interface LimitsGate {
  /** The budgets of the policy in force. */
  readonly budgets: () => CompiledBudgets;
  /** The tools that rules of the policy in force require. */
  readonly watched: () => WatchedTools;
  /** What calls put in as evidence, by the config in force. */
  readonly evidence: () => CompiledEvidence;
  readonly ledger: Pick<Ledger, 'peek' | 'reserve' | 'settle' | 'marks'>;
  /** Wall-clock milliseconds. */
  readonly nowMs: () => number;
  /** Tells the person why nothing can be counted. */
  readonly note: (why: string) => void;
}

/**
 * Calls that are counted. They draw last, so that a call which is held or denied further on takes
 * nothing from others; what a person may be asked about is looked at first. Calls that require earlier ones come
 * no further without them. What layers only observe is counted in pots of their own.
 */
export function limitsLayer(next: Enforcer<'approval'>, gate: LimitsGate): Enforcer<'limits'> {
  return {
    stage: 'limits',
    rule: function limits(call, decision) {
      const proof = proofOf(call.subject, gate.watched(), gate.evidence());
      const ruling = observing(counted(next, gate, call, decision), next, gate, call);
      return proof === undefined ? ruling : proving(ruling, call, proof);
    },
    rehearse: (call, decision) => foreseen(next, gate, call, decision, 'enforce').rehearsal,
  };
}

function counted(
  next: Enforcer<'approval'>,
  gate: LimitsGate,
  call: GovernedCall,
  decision: Decision,
): Ruling {
  if (decision.obligations.length === 0 && gate.budgets().list.length === 0) return next.rule(call, decision);
  const wanted = wantedBy(gate, call, decision, 'enforce');
  if (wanted.kind === 'denied') return denied(decision, wanted);
  const { draws } = wanted;
  if (draws.length === 0) return next.rule(call, decision);
  if (wanted.isPaid) return continued(next.rule(call, decision), call, draws);
  // A call that nobody is asked about goes on at once, so that its draw is the look as well.
  if (!decision.obligations.some(({ kind }) => kind === 'approval')) {
    const ruling = next.rule(call, decision);
    const drawn = ruling.kind === 'forward' ? draw(gate, draws) : undefined;
    if (drawn?.kind === 'drawn') return paidFor(ruling, drawn.charge, draws);
  }
  const look = payable(gate, call, wanted);
  if (look.kind === 'denied') return denied(decision, look);
  return charged(next.rule(call, look.decision), gate, call, look.draws);
}

/** A call that goes on after its server asked for input: it was counted when it came first. */
function continued(ruling: Ruling, { paid }: GovernedCall, draws: readonly CallDraw[]): Ruling {
  if (ruling.kind !== 'forward' || paid === undefined) return ruling;
  return { ...ruling, charge: paid, limits: draws.map(continuedNote), continues: true };
}

/** Draws for a call that is forwarded; another process may have been faster. */
function charged(ruling: Ruling, gate: LimitsGate, call: GovernedCall, draws: readonly CallDraw[]): Ruling {
  if (ruling.kind !== 'forward') return ruling;
  const { decision } = ruling;
  const drawn = draw(gate, draws);
  switch (drawn.kind) {
    case 'drawn':
      return paidFor(ruling, drawn.charge, draws);
    case 'exceeded':
      return denied(decision, exceeded(call, decision, drawn.breaches, draws));
    case 'unavailable':
      return denied(decision, uncounted(gate, call, decision, drawn.why));
  }
}

function paidFor(ruling: Ruling, charge: Charge, draws: readonly CallDraw[]): Ruling {
  return ruling.kind === 'forward' ? { ...ruling, charge, limits: draws.map(chargeNote) } : ruling;
}

type Drawn =
  | { readonly kind: 'drawn'; readonly charge: Charge }
  | Exclude<ReturnType<Ledger['reserve']>, { readonly kind: 'reserved' }>;

/** Draws on all pots or on none. What an error gives back and what it does not are two reservations. */
function draw(gate: LimitsGate, draws: readonly CallDraw[]): Drawn {
  const kept: string[] = [];
  const refundable: string[] = [];
  for (const ids of [kept, refundable]) {
    const part = draws.filter(({ terms }) => terms.refundOnError === (ids === refundable));
    if (part.length === 0) continue;
    const reserved = gate.ledger.reserve(part, gate.nowMs());
    if (reserved.kind === 'reserved') {
      ids.push(reserved.id);
      continue;
    }
    for (const id of kept) gate.ledger.settle(id, 'refunded', gate.nowMs());
    return reserved;
  }
  return { kind: 'drawn', charge: { kept, refundable, draws } };
}

/** A call that is forwarded carries what its end will have proven. */
function proving(ruling: Ruling, call: GovernedCall, proof: Proof): Ruling {
  // The answer to a call that runs as a task says that the task was made, not how it ended.
  if (ruling.kind !== 'forward' || call.params?.['task'] !== undefined) return ruling;
  return { ...ruling, charge: { ...(ruling.charge ?? NO_CHARGE), proof } };
}

const NO_CHARGE: Charge = { kept: [], refundable: [], draws: [] };

/**
 * What layers that only observe would have made of a call that is forwarded. Where they would have let
 * it pass, it draws on their pots: a limit that nobody counts for would never be reached. A person
 * who would have been asked counts as having agreed, since the call does happen.
 */
function observing(ruling: Ruling, next: Enforcer<'approval'>, gate: LimitsGate, call: GovernedCall): Ruling {
  if (ruling.kind !== 'forward') return ruling;
  const { observed } = ruling.decision;
  if (observed === undefined && !gate.budgets().list.some(({ mode }) => mode === 'observe')) return ruling;
  if (observed !== undefined && observed.effect !== 'allow') return ruling;
  const decision = observed ?? { ...ruling.decision, obligations: [] };
  const { rehearsal, draws, isPaid } = foreseen(next, gate, call, decision, 'observe');
  if (isPaid && call.paid !== undefined && (ruling.charge === undefined || ruling.continues === true)) {
    return { ...ruling, observed: rehearsal, charge: call.paid, continues: true };
  }
  if (rehearsal.kind === 'deny' || draws.length === 0) return { ...ruling, observed: rehearsal };
  const drawn = draw(gate, draws);
  if (drawn.kind !== 'drawn') {
    // Between the look and the draw another process was faster, or the ledger failed: nothing is denied for it.
    const look =
      drawn.kind === 'exceeded'
        ? exceeded(call, decision, drawn.breaches, draws)
        : uncounted(gate, call, decision, drawn.why);
    return { ...ruling, observed: refused(look) };
  }
  return { ...ruling, observed: rehearsal, charge: joined(ruling.charge ?? NO_CHARGE, drawn.charge) };
}

function joined(first: Charge, second: Charge): Charge {
  return {
    ...first,
    kept: [...first.kept, ...second.kept],
    refundable: [...first.refundable, ...second.refundable],
    draws: [...first.draws, ...second.draws],
  };
}

/** What a call would come to from here on, and what it would draw. */
function foreseen(
  next: Enforcer<'approval'>,
  gate: LimitsGate,
  call: GovernedCall,
  decision: Decision,
  mode: 'enforce' | 'observe',
): { readonly rehearsal: Rehearsal; readonly draws: readonly CallDraw[]; readonly isPaid: boolean } {
  const look = lookAt(gate, call, decision, mode);
  if (look.kind === 'denied') return { rehearsal: refused(look), draws: [], isPaid: false };
  const { draws, isPaid } = look;
  const rehearsal = next.rehearse(call, look.decision);
  if (rehearsal.kind === 'deny' || draws.length === 0) return { rehearsal, draws, isPaid };
  const note = isPaid ? continuedNote : foreseenNote;
  return { rehearsal: { ...rehearsal, limits: draws.map(note) }, draws, isPaid };
}

type Refusal = Extract<Look, { readonly kind: 'denied' }>;

function refused({ denial, limits }: Refusal): Rehearsal {
  return { kind: 'deny', reason: denial.reason, denial, ...(limits === undefined ? {} : { limits }) };
}

function denied(decision: Decision, look: Refusal): Ruling {
  const { denial, limits } = look;
  return {
    kind: 'deny',
    decision,
    reason: denial.reason,
    denial,
    ...(limits === undefined ? {} : { limits }),
  };
}

function chargeNote(one: CallDraw): JsonObject {
  return { ...drawNote(one), ...(one.overage ? { approved_overage: true } : {}) };
}

function continuedNote(one: CallDraw): JsonObject {
  return { ...drawNote(one), continued: true };
}

function foreseenNote(one: CallDraw): JsonObject {
  return { ...drawNote(one), ...(one.overage ? { overage: true } : {}) };
}
