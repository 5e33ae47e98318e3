import type { CompiledBudgets } from '../limits/budget.js';
import type { Breach, Ledger } from '../limits/ledger.js';
import { drawsOf, type CallDraw } from '../limits/pots.js';
import { decimalText } from '../platform/decimal.js';
import type { JsonObject } from '../platform/json.js';
import type { Decision, Obligation } from '../policy/decision.js';
import { unavailableDenial } from './denial-text.js';
import { exceededDenial, invalidDrawDenial, overageText, uncountedDenial } from './limits-text.js';
import type { Enforcer, GovernedCall, Ruling } from './ruling.js';

/** Where calls are counted, as far as the pipeline sees it. */
export interface LimitsGate {
  /** The budgets of the policy in force. */
  readonly budgets: () => CompiledBudgets;
  readonly ledger: Pick<Ledger, 'peek' | 'reserve' | 'settle'>;
  /** Wall-clock milliseconds. */
  readonly nowMs: () => number;
  /** Tells the person why nothing can be counted. */
  readonly note: (why: string) => void;
}

/**
 * Calls that are counted. What they would draw is looked at first and drawn last, so that a call
 * which is held or denied further on takes nothing from others.
 */
export function limitsLayer(next: Enforcer<'approval'>, gate: LimitsGate): Enforcer<'limits'> {
  return {
    stage: 'limits',
    rule: function limits(call, decision) {
      const budgets = gate.budgets();
      if (decision.obligations.length === 0 && budgets.list.length === 0) return next.rule(call, decision);
      if (decision.obligations.some(({ kind }) => kind === 'requires')) {
        const reason = 'limits_unavailable';
        return { kind: 'deny', decision, reason, denial: unavailableDenial(call, decision, reason) };
      }
      const { draws, invalid } = drawsOf(call.subject, decision.obligations, budgets);
      if (invalid.length > 0) {
        const denial = invalidDrawDenial(call, decision, invalid);
        return { kind: 'deny', decision, reason: denial.reason, denial };
      }
      return draws.length === 0 ? next.rule(call, decision) : drawn(next, gate, call, decision, draws);
    },
  };
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
    case 'reserved':
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
  const denial = uncountedDenial(call, decision);
  return { kind: 'deny', decision, reason: denial.reason, denial };
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
