import { LIMIT_KEY_BYTES_MAX } from '../platform/bounds.js';
import { compareDecimals, type Decimal } from '../platform/decimal.js';
import { textDigest } from '../platform/text-digest.js';
import type { Obligation } from '../policy/decision.js';
import { Judging } from '../policy/judging.js';
import { judgeCondition } from '../policy/matcher.js';
import type { PotTerms } from '../policy/pot-terms.js';
import type { Subject } from '../policy/subject.js';
import { judgeTree, type Truth, unknown } from '../policy/truth.js';
import { type Amount, amountAt } from './amounts.js';
import type { Budget, CompiledBudgets, Contributor } from './budget.js';
import type { Draw } from './ledger.js';

/** A draw with what the config says of its pot. */
export interface CallDraw extends Draw {
  readonly terms: PotTerms;
  /** Null for the limits of a rule. */
  readonly budget: Budget | null;
}

/** A pot that the call would draw on if it could be told how much, or whose pot it is. */
export interface InvalidDraw {
  readonly reason: 'amount_invalid' | 'session_unresolved';
  readonly terms: PotTerms;
  /** What is wrong, in words for the agent. */
  readonly why: string;
}

/** All that one call draws. A call with anything invalid must not pass. */
export interface CallDraws {
  readonly draws: readonly CallDraw[];
  readonly invalid: readonly InvalidDraw[];
}

const ONE_CALL: Decimal = { coefficient: 1n, scale: 0 };

/**
 * What a call draws on: the limits that its decision obliges it to, and every budget to which it
 * contributes. Pure: the same call draws the same on the same pots, whichever process asks. `mode`
 * chooses the budgets of layers that enforce or of those that only observe.
 */
export function drawsOf(
  subject: Subject,
  obligations: readonly Obligation[],
  budgets: CompiledBudgets,
  mode: 'enforce' | 'observe' = 'enforce',
): CallDraws {
  const draws: CallDraw[] = [];
  const invalid: InvalidDraw[] = [];
  const judging = new Judging(subject, budgets.ports);
  const add = (terms: PotTerms, budget: Budget | null, amount: Amount): void => {
    const pot = potOf(terms, subject);
    if (!amount.ok) invalid.push({ reason: 'amount_invalid', terms, why: amount.why });
    if (pot === undefined) invalid.push({ reason: 'session_unresolved', terms, why: NO_SESSION });
    if (amount.ok && pot !== undefined) draws.push(drawOf(pot, terms, budget, amount.amount));
  };
  for (const obligation of obligations) {
    if (obligation.kind !== 'limits') continue;
    for (const { terms, field } of obligation.pots) {
      add(terms, null, field === null ? { ok: true, amount: ONE_CALL } : amountAt(field, judging));
    }
  }
  for (const budget of budgets.list) {
    // What is tried dry is looked at beside what is enforced: it would be enforced without the trial.
    if ((budget.mode === 'observe') !== (mode === 'observe')) continue;
    const amount = contribution(budget.contributors, judging);
    if (amount !== undefined) add(budget.terms, budget, amount);
  }
  return { draws, invalid };
}

const NO_SESSION = 'it counts by session, and the session of this call is not known';

function drawOf(pot: string, terms: PotTerms, budget: Budget | null, amount: Decimal): CallDraw {
  const { name, limit, windowMs, currency } = terms;
  return { pot, name, amount, limit, windowMs, currency, overage: false, terms, budget };
}

/**
 * What names the pot in the ledger: the digest of what it is, then the values of its key, such as
 * `1f0c… tool="refund" agent=-`. Values are quoted and their absence is not, so nobody shares a pot
 * by choosing a name. Undefined where a session is needed and not known.
 */
function potOf(terms: PotTerms, subject: Subject): string | undefined {
  if (terms.keys.includes('session') && subject.session === undefined) return undefined;
  return [terms.identity, ...terms.keys.map((part) => `${part}=${keyValue(subject[part])}`)].join(' ');
}

function keyValue(value: string | undefined): string {
  if (value === undefined) return '-';
  const text = value.length <= LIMIT_KEY_BYTES_MAX ? JSON.stringify(value) : undefined;
  if (text !== undefined && Buffer.byteLength(text) <= LIMIT_KEY_BYTES_MAX) return text;
  // Lone surrogates have no bytes of their own, so the digest is that of the escaped text.
  return `sha256:${textDigest(JSON.stringify(value))}`;
}

/**
 * What the call contributes to a budget; undefined where no contributor matches. The first that
 * matches counts. One that may match counts too, held against what follows it, as in rules: the
 * larger amount stands, and an amount that cannot be read stands above all.
 */
function contribution(contributors: readonly Contributor[], judging: Judging): Amount | undefined {
  let result: Amount | undefined;
  for (const { matcher, field } of contributors) {
    const truth = judge(matcher, judging);
    if (truth === false) continue;
    result = stricter(result, amountAt(field, judging));
    if (truth === true) break;
  }
  return result;
}

function judge(matcher: Contributor['matcher'], judging: Judging): Truth {
  try {
    return judgeTree(matcher, judgeCondition, judging);
  } catch {
    return unknown('the match could not be evaluated');
  }
}

function stricter(first: Amount | undefined, second: Amount): Amount {
  if (first === undefined || (first.ok && !second.ok)) return second;
  if (!first.ok || !second.ok) return first;
  return compareDecimals(second.amount, first.amount) > 0 ? second : first;
}
