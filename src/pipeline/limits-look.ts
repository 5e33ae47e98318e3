import { lackingEvidence } from '../limits/evidence.js';
import type { Breach } from '../limits/ledger.js';
import { drawsOf, type CallDraw } from '../limits/pots.js';
import { missingTools } from '../limits/prerequisites.js';
import { compareDecimals, decimalText } from '../platform/decimal.js';
import type { Denial } from '../mcp/denial.js';
import type { JsonObject } from '../platform/json.js';
import type { Decision, Obligation } from '../policy/decision.js';
import type { LimitsGate } from './limits-layer.js';
import { exceededDenial, invalidDrawDenial, overageText, uncountedDenial } from './limits-text.js';
import { lackingDenial, missingDenial, unknownMarksDenial, unresolvedDenial } from './prerequisite-text.js';
import type { Charge, GovernedCall } from './ruling.js';

/** What the ledger makes of a call before anything is drawn. */
export type Look =
  | { readonly kind: 'denied'; readonly denial: Denial; readonly limits?: readonly JsonObject[] }
  | {
      readonly kind: 'payable';
      /** With what people are to be asked about pots that would go over their limits. */
      readonly decision: Decision;
      /** Empty where the call is not counted. */
      readonly draws: readonly CallDraw[];
      /** Whether the call has drawn all of it before its server asked for input. */
      readonly isPaid: boolean;
    };

/** What a call draws on, once it has what its rules require. Its pots were not asked yet. */
export function wantedBy(
  gate: LimitsGate,
  call: GovernedCall,
  decision: Decision,
  mode: 'enforce' | 'observe',
): Look {
  const unmet = unmetPrerequisites(gate, call, decision);
  if (unmet !== undefined) return { kind: 'denied', denial: unmet };
  const { draws, invalid } = drawsOf(call.subject, decision.obligations, gate.budgets(), mode);
  if (invalid.length > 0) return { kind: 'denied', denial: invalidDrawDenial(call, decision, invalid) };
  return { kind: 'payable', decision, draws, isPaid: draws.length > 0 && isPaidBy(call.paid, draws) };
}

/** Looks whether a call has what its rules require and whether its pots can pay. Draws nothing. */
export function lookAt(
  gate: LimitsGate,
  call: GovernedCall,
  decision: Decision,
  mode: 'enforce' | 'observe',
): Look {
  const wanted = wantedBy(gate, call, decision, mode);
  return wanted.kind === 'denied' ? wanted : payable(gate, call, wanted);
}

/** Whether pots can pay what is wanted of them. */
export function payable(
  gate: LimitsGate,
  call: GovernedCall,
  wanted: Extract<Look, { readonly kind: 'payable' }>,
): Look {
  const { decision, draws } = wanted;
  if (draws.length === 0 || wanted.isPaid) return wanted;
  const state = gate.ledger.peek(draws, gate.nowMs());
  switch (state.kind) {
    case 'free':
      return wanted;
    case 'unavailable':
      return uncounted(gate, call, decision, state.why);
    case 'exceeded': {
      const asked = overages(state.breaches, draws);
      if (asked === undefined) return exceeded(call, decision, state.breaches, draws);
      const obligations = [...decision.obligations, ...asked.obligations];
      return { ...wanted, decision: { ...decision, obligations }, draws: asked.draws };
    }
  }
}

/** Whether an earlier round drew exactly this, under limits that are still the same. */
function isPaidBy(paid: Charge | undefined, draws: readonly CallDraw[]): boolean {
  if (paid === undefined) return false;
  return draws.every(({ pot, amount }) =>
    paid.draws.some((one) => one.pot === pot && compareDecimals(one.amount, amount) === 0),
  );
}

/** The look of a call whose pots cannot pay. */
export function exceeded(
  call: GovernedCall,
  decision: Decision,
  breaches: readonly Breach[],
  draws: readonly CallDraw[],
): Extract<Look, { readonly kind: 'denied' }> {
  const denial = exceededDenial(call, decision, breaches, draws);
  return { kind: 'denied', denial, limits: breaches.map(breachNote) };
}

/** The look of a call where nothing can be counted. */
export function uncounted(
  gate: LimitsGate,
  call: GovernedCall,
  decision: Decision,
  why: string,
): Extract<Look, { readonly kind: 'denied' }> {
  gate.note(why);
  return { kind: 'denied', denial: uncountedDenial(call, decision) };
}

/** A draw as records tell of it. */
export function drawNote({ name, amount, currency }: CallDraw): JsonObject & { readonly pot: string } {
  return { pot: name, amount: decimalText(amount), currency };
}

/** The denial of a call that requires earlier ones which are not there; undefined where nothing is missing. */
function unmetPrerequisites(gate: LimitsGate, call: GovernedCall, decision: Decision): Denial | undefined {
  const { obligations } = decision;
  const first = obligations.find(({ kind }) => kind === 'requires' || kind === 'evidence');
  if (first === undefined) return undefined;
  const { session } = call.subject;
  if (session === undefined) return unresolvedDenial(call, first.rule);
  const nowMs = gate.nowMs();
  const found = gate.ledger.marks(session, nowMs);
  if (found.kind === 'unavailable') {
    gate.note(found.why);
    return unknownMarksDenial(call, first.rule);
  }
  const missing = missingTools(obligations, found.marks, gate.watched());
  if (missing.length > 0) return missingDenial(call, decision, missing);
  const lacking = lackingEvidence(obligations, found.marks, nowMs);
  return lacking.length === 0 ? undefined : lackingDenial(call, decision, lacking, gate.evidence());
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
