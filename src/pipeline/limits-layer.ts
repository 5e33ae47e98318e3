import type { CompiledBudgets } from '../limits/budget.js';
import { type CompiledEvidence, lackingEvidence } from '../limits/evidence.js';
import type { Breach, Ledger } from '../limits/ledger.js';
import { drawsOf, type CallDraw } from '../limits/pots.js';
import { missingTools, proofOf, type Proof, type WatchedTools } from '../limits/prerequisites.js';
import { decimalText } from '../platform/decimal.js';
import type { Denial } from '../mcp/denial.js';
import type { JsonObject } from '../platform/json.js';
import type { Decision, Obligation } from '../policy/decision.js';
import { lackingDenial, missingDenial, unknownMarksDenial, unresolvedDenial } from './prerequisite-text.js';
import { exceededDenial, invalidDrawDenial, overageText, uncountedDenial } from './limits-text.js';
import type { Charge, Enforcer, GovernedCall, Ruling } from './ruling.js';

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
 * Calls that are counted. What they would draw is looked at first and drawn last, so that a call
 * which is held or denied further on takes nothing from others. Calls that require earlier ones come
 * no further without them.
 */
export function limitsLayer(next: Enforcer<'approval'>, gate: LimitsGate): Enforcer<'limits'> {
  return {
    stage: 'limits',
    rule: function limits(call, decision) {
      const proof = proofOf(call.subject, gate.watched(), gate.evidence());
      const ruling = counted(next, gate, call, decision);
      return proof === undefined ? ruling : proving(ruling, call, proof);
    },
  };
}

function counted(
  next: Enforcer<'approval'>,
  gate: LimitsGate,
  call: GovernedCall,
  decision: Decision,
): Ruling {
  const { obligations } = decision;
  const budgets = gate.budgets();
  if (obligations.length === 0 && budgets.list.length === 0) return next.rule(call, decision);
  const unmet = unmetPrerequisites(gate, call, decision);
  if (unmet !== undefined) return unmet;
  const { draws, invalid } = drawsOf(call.subject, obligations, budgets);
  if (invalid.length > 0) return denied(decision, invalidDrawDenial(call, decision, invalid));
  return draws.length === 0 ? next.rule(call, decision) : drawn(next, gate, call, decision, draws);
}

/** The denial of a call that requires earlier ones which are not there; undefined where nothing is missing. */
function unmetPrerequisites(gate: LimitsGate, call: GovernedCall, decision: Decision): Ruling | undefined {
  const { obligations } = decision;
  const first = obligations.find(({ kind }) => kind === 'requires' || kind === 'evidence');
  if (first === undefined) return undefined;
  const { session } = call.subject;
  if (session === undefined) return denied(decision, unresolvedDenial(call, first.rule));
  const nowMs = gate.nowMs();
  const found = gate.ledger.marks(session, nowMs);
  if (found.kind === 'unavailable') {
    gate.note(found.why);
    return denied(decision, unknownMarksDenial(call, first.rule));
  }
  const missing = missingTools(obligations, found.marks, gate.watched());
  if (missing.length > 0) return denied(decision, missingDenial(call, decision, missing));
  const lacking = lackingEvidence(obligations, found.marks, nowMs);
  if (lacking.length === 0) return undefined;
  return denied(decision, lackingDenial(call, decision, lacking, gate.evidence()));
}

/** A call that is forwarded carries what its end will have proven. */
function proving(ruling: Ruling, call: GovernedCall, proof: Proof): Ruling {
  // The answer to a call that runs as a task says that the task was made, not how it ended.
  if (ruling.kind !== 'forward' || call.params?.['task'] !== undefined) return ruling;
  return { ...ruling, charge: { ...(ruling.charge ?? NO_CHARGE), proof } };
}

const NO_CHARGE: Charge = { kept: [], refundable: [] };

function denied(decision: Decision, denial: Denial): Ruling {
  return { kind: 'deny', decision, reason: denial.reason, denial };
}

function drawn(
  next: Enforcer<'approval'>,
  gate: LimitsGate,
  call: GovernedCall,
  decision: Decision,
  draws: readonly CallDraw[],
): Ruling {
  const state = gate.ledger.peek(draws, gate.nowMs());
  switch (state.kind) {
    case 'unavailable':
      return unavailable(gate, call, decision, state.why);
    case 'exceeded': {
      const asked = overages(state.breaches, draws);
      if (asked === undefined) return exceeded(call, decision, state.breaches, draws);
      const obligations = [...decision.obligations, ...asked.obligations];
      return charged(next.rule(call, { ...decision, obligations }), gate, call, asked.draws);
    }
    case 'free':
      return charged(next.rule(call, decision), gate, call, draws);
  }
}

/** What people are asked where every pot that cannot pay may go over its limit; undefined where one may not. */
function overages(
  breaches: readonly Breach[],
  draws: readonly CallDraw[],
): { readonly obligations: readonly Obligation[]; readonly draws: readonly CallDraw[] } | undefined {
  const obligations: Obligation[] = [];
  for (const breach of breaches) {
    const budget = draws.find(({ pot }) => pot === breach.draw.pot)?.budget;
    if (budget?.onExceed !== 'require_approval') return undefined;
    const { approval, ref } = budget;
    obligations.push({ kind: 'approval', approval, rule: ref, message: overageText(breach) });
  }
  const breached = new Set(breaches.map(({ draw }) => draw.pot));
  return { obligations, draws: draws.map((draw) => ({ ...draw, overage: breached.has(draw.pot) })) };
}

/** Draws for a call that is forwarded; another process may have been faster. */
function charged(ruling: Ruling, gate: LimitsGate, call: GovernedCall, draws: readonly CallDraw[]): Ruling {
  if (ruling.kind !== 'forward') return ruling;
  const { decision } = ruling;
  const kept: string[] = [];
  const refundable: string[] = [];
  // What an error gives back and what it does not are two reservations.
  for (const ids of [kept, refundable]) {
    const part = draws.filter(({ terms }) => terms.refundOnError === (ids === refundable));
    if (part.length === 0) continue;
    const reserved = gate.ledger.reserve(part, gate.nowMs());
    if (reserved.kind === 'reserved') {
      ids.push(reserved.id);
      continue;
    }
    for (const id of kept) gate.ledger.settle(id, 'refunded', gate.nowMs());
    return reserved.kind === 'exceeded'
      ? exceeded(call, decision, reserved.breaches, draws)
      : unavailable(gate, call, decision, reserved.why);
  }
  return { ...ruling, charge: { kept, refundable }, limits: draws.map(noteOf) };
}

function exceeded(
  call: GovernedCall,
  decision: Decision,
  breaches: readonly Breach[],
  draws: readonly CallDraw[],
): Ruling {
  const denial = exceededDenial(call, decision, breaches, draws);
  return { kind: 'deny', decision, reason: denial.reason, denial, limits: breaches.map(breachNote) };
}

function unavailable(gate: LimitsGate, call: GovernedCall, decision: Decision, why: string): Ruling {
  gate.note(why);
  return denied(decision, uncountedDenial(call, decision));
}

function noteOf({ name, amount, currency, overage }: CallDraw): JsonObject {
  return { pot: name, amount: decimalText(amount), currency, ...(overage ? { approved_overage: true } : {}) };
}

function breachNote({ draw, used }: Breach): JsonObject {
  const { name, amount, limit, currency } = draw;
  return {
    pot: name,
    amount: decimalText(amount),
    currency,
    exceeded: true,
    used: decimalText(used),
    limit: decimalText(limit),
  };
}
