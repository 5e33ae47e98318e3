import type { Breach, Draw } from '../limits/ledger.js';
import type { CallDraw, InvalidDraw } from '../limits/pots.js';
import type { Denial, DenialReason } from '../mcp/denial.js';
import { DENIAL_POTS_MAX } from '../platform/bounds.js';
import {
  addDecimals,
  compareDecimals,
  type Decimal,
  decimalText,
  subtractDecimals,
} from '../platform/decimal.js';
import type { JsonObject } from '../platform/json.js';
import type { Decision } from '../policy/decision.js';
import type { PotKind } from '../policy/pot-terms.js';
import { subjectName } from './denial-text.js';
import { exactTime, roundTime } from '../platform/time-text.js';
import type { GovernedCall } from './ruling.js';

/** How each kind of pot is denied, the one that most calls share first. */
const KINDS: readonly { readonly kind: PotKind; readonly reason: DenialReason; readonly action: string }[] = [
  { kind: 'budget', reason: 'budget_exceeded', action: 'budget' },
  { kind: 'spend', reason: 'spend_limited', action: 'spend_limit' },
  { kind: 'calls', reason: 'rate_limited', action: 'rate_limit' },
];

/** A pot that could not pay, with what config says of it. */
interface EmptyPot extends Breach {
  readonly draw: CallDraw;
}

/**
 * The denial of a call that pots could not pay: which, how much of each is used, when the same call
 * would pass, and what would pass now. `draws` are those that the ledger was asked for.
 */
export function exceededDenial(
  call: GovernedCall,
  decision: Decision,
  breaches: readonly Breach[],
  draws: readonly CallDraw[],
): Denial {
  const empty = breaches.flatMap((breach): EmptyPot[] => {
    const draw = draws.find(({ pot }) => pot === breach.draw.pot);
    return draw === undefined ? [] : [{ ...breach, draw }];
  });
  const gravest = KINDS.find(({ kind }) => empty.some(({ draw }) => draw.terms.kind === kind)) ?? KINDS[2];
  const named = empty.find(({ draw }) => draw.terms.kind === gravest?.kind);
  const retryAfterMs = waitFor(breaches);
  return {
    reason: gravest?.reason ?? 'rate_limited',
    message: `${subjectName(call)} was not executed: ${listed(empty.map(facts), '; ')}.`,
    suggestion: suggestionOf(decision, empty, retryAfterMs),
    rule: named === undefined || named.draw.budget !== null ? null : named.draw.terms.owner,
    action: gravest?.action ?? 'rate_limit',
    retryAllowed: retryAfterMs !== null,
    ...(retryAfterMs === null ? {} : { retryAfterMs }),
    budgets: empty.slice(0, DENIAL_POTS_MAX).map(machineForm),
    requestId: call.requestId,
  };
}

/** The denial of a call of which it cannot be told how much it draws, or from which pot. */
export function invalidDrawDenial(
  call: GovernedCall,
  decision: Decision,
  invalid: readonly InvalidDraw[],
): Denial {
  const amount = invalid.find(({ reason }) => reason === 'amount_invalid');
  const first = amount ?? invalid[0];
  const reason = amount === undefined ? 'session_unresolved' : 'amount_invalid';
  const mine = invalid.filter((one) => one.reason === reason);
  const whys = listed([...new Set(mine.map(({ why }) => why))], '; ');
  const names = listed([...new Set(mine.map(({ terms }) => terms.name))], ', ');
  return {
    reason,
    message: `${subjectName(call)} was not executed: ${whys} (counted by ${names}).`,
    suggestion:
      amount === undefined
        ? 'Repeating the call will not help. Ask the user to start guard with --session or with GUARD_SESSION set.'
        : 'Correct the amount and call again: a plain number of zero or more, such as 12.50.',
    rule: first === undefined || first.terms.kind === 'budget' ? null : first.terms.owner,
    action: KINDS.find(({ kind }) => kind === first?.terms.kind)?.action ?? decision.effect,
    retryAllowed: amount !== undefined,
    requestId: call.requestId,
  };
}

/** The denial where nothing can be counted. Why is for the person, who reads it on stderr and in the log. */
export function uncountedDenial(call: GovernedCall, decision: Decision): Denial {
  return {
    reason: 'limits_unavailable',
    message: `${subjectName(call)} is blocked: it is limited, what was used cannot be counted now, and nothing runs uncounted.`,
    suggestion: 'Tell the user that guard cannot count limits. The call may pass once that works again.',
    rule: decision.rule.name,
    action: 'limit',
    retryAllowed: true,
    requestId: call.requestId,
  };
}

/** What a person is told who may let a call go over the limit of a pot. */
export function overageText({ draw, used }: Breach): string {
  const over = subtractDecimals(addDecimals(used, draw.amount), draw.limit);
  return `${facts({ draw, used })}: ${inUnit(over, draw)} more than there is`;
}

/** The longest wait of all pots; null where waiting does not help with one of them. */
function waitFor(breaches: readonly Breach[]): number | null {
  let longest = 0;
  for (const { retryAfterMs } of breaches) {
    if (retryAfterMs === null) return null;
    longest = Math.max(longest, retryAfterMs);
  }
  return breaches.length === 0 ? null : longest;
}

function facts({ draw, used }: Pick<Breach, 'draw' | 'used'>): string {
  const { name, limit, amount, windowMs, currency } = draw;
  const span = windowMs === null ? 'in one session' : `in ${exactTime(windowMs)}`;
  const counted = `${name} allows ${inUnit(limit, draw)} ${span} and has counted ${inUnit(used, draw)}`;
  return currency === null ? counted : `${counted}; this call asks for ${inUnit(amount, draw)}`;
}

function inUnit(value: Decimal, { currency }: Draw): string {
  const number = decimalText(value);
  if (currency !== null) return `${number} ${currency}`;
  return number === '1' ? '1 call' : `${number} calls`;
}

function suggestionOf(decision: Decision, empty: readonly EmptyPot[], retryAfterMs: number | null): string {
  const { rule, feedback } = decision;
  const isOwn = empty.some(({ draw: { terms } }) => {
    return terms.kind !== 'budget' && terms.layer === rule.layer && terms.owner === rule.name;
  });
  const parts = [
    isOwn ? feedback?.suggestion : undefined,
    smallerAmount(empty),
    waiting(empty, retryAfterMs),
  ];
  return parts.filter((part) => part !== undefined && part !== '').join(' ');
}

/** What would pass now, where all empty pots ask for one amount of one currency. */
function smallerAmount(empty: readonly EmptyPot[]): string | undefined {
  const [first] = empty;
  if (first === undefined || first.draw.currency === null) return undefined;
  const { amount, currency } = first.draw;
  if (!empty.every(({ draw }) => draw.currency === currency && compareDecimals(draw.amount, amount) === 0)) {
    return undefined;
  }
  const left = empty
    .map(({ draw, used }) => subtractDecimals(draw.limit, used))
    .reduce((least, one) => (compareDecimals(one, least) < 0 ? one : least));
  return left.coefficient > 0n ? `At most ${decimalText(left)} ${currency} would pass now.` : undefined;
}

function waiting(empty: readonly EmptyPot[], retryAfterMs: number | null): string {
  if (retryAfterMs !== null) {
    return `The same call would pass in about ${roundTime(retryAfterMs)}; do not repeat it before.`;
  }
  return empty.some(({ draw }) => compareDecimals(draw.amount, draw.limit) > 0)
    ? 'A call of this size can never pass: repeating it will not help.'
    : 'Waiting will not help: ask the user to raise the limit or to reset it.';
}

function listed(texts: readonly string[], separator: string): string {
  const more = texts.length - DENIAL_POTS_MAX;
  const shown = texts.slice(0, DENIAL_POTS_MAX).join(separator);
  return more > 0 ? `${shown}${separator}and ${more} more` : shown;
}

/** Amounts are text, so that no reader rounds them. */
function machineForm({ draw, used }: EmptyPot): JsonObject {
  const { name, limit, amount, currency } = draw;
  return {
    name,
    limit: decimalText(limit),
    used: decimalText(used),
    amount: decimalText(amount),
    currency,
  };
}
