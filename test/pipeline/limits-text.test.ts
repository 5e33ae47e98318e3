import { describe, expect, test } from 'vitest';
import type { Breach } from '../../src/limits/ledger.js';
import { type CallDraws, drawsOf } from '../../src/limits/pots.js';
import type { Denial } from '../../src/mcp/denial.js';
import {
  exceededDenial,
  invalidDrawDenial,
  overageText,
  uncountedDenial,
} from '../../src/pipeline/limits-text.js';
import { parseDecimal } from '../../src/platform/decimal.js';
import type { Decision } from '../../src/policy/decision.js';
import { evaluate } from '../../src/policy/evaluate.js';
import type { BudgetSource, LimitsSource, RuleSource } from '../../src/policy/source.js';
import { compiled, layer } from '../policy/support.js';
import { budget, budgetLayer, budgetsOf, counting, payment } from '../limits/support.js';
import { decisionWith, governed } from './support.js';
import { verifies } from '../requirements.js';

verifies('limits:denial:teaches');

interface Given {
  readonly limits?: LimitsSource;
  readonly budget?: Partial<BudgetSource>;
  readonly rule?: Partial<RuleSource>;
  readonly amount?: number | string;
  readonly session?: string;
}

/** What a payment of 50 draws under one rule and at most one budget. */
function drawsUnder(given: Given): { decision: Decision; draws: CallDraws } {
  const rules = given.limits === undefined ? [] : [counting(given.limits, given.rule)];
  const budgets = given.budget === undefined ? budgetsOf() : budgetsOf(budgetLayer([budget(given.budget)]));
  const subject = payment({ amount: given.amount ?? 50 }, { session: given.session });
  const decision = evaluate(compiled([layer(rules)]), subject);
  return { decision, draws: drawsOf(subject, decision.obligations, budgets) };
}

/** The denial where every pot of the call has this much in it, and frees enough after this time. */
function exceeded(
  given: Given,
  ...pots: readonly (readonly [used: string, retryAfterMs: number | null])[]
): Denial {
  const { decision, draws } = drawsUnder(given);
  const breaches = pots.map(([used, retryAfterMs], index): Breach => {
    const draw = draws.draws[index];
    const decimal = parseDecimal(used);
    if (draw === undefined || decimal === undefined) throw new Error('no such pot');
    return { draw, used: decimal, retryAfterMs };
  });
  return exceededDenial(governed({ tool: 'pay' }), decision, breaches, draws.draws);
}

const CALLS: LimitsSource = { max_calls: 20, window: '1h', key: 'global' };
const SPEND: LimitsSource = {
  max_spend: { field: '$.amount', limit: '500.00', currency: 'EUR', window: '24h' },
};

describe('a call that pots cannot pay', () => {
  test.each<[string, Denial, Partial<Denial>]>([
    [
      'too many calls',
      exceeded({ limits: CALLS }, ['20', 39_001]),
      {
        reason: 'rate_limited',
        message: 'The tool "pay" was not executed: user/few allows 20 calls in 1 h and has counted 20 calls.',
        suggestion: 'The same call would pass in about 40 s; do not repeat it before.',
        rule: 'few',
        action: 'rate_limit',
        retryAllowed: true,
        retryAfterMs: 39_001,
        budgets: [{ name: 'user/few', limit: '20', used: '20', amount: '1', currency: null }],
      },
    ],
    [
      'one call',
      exceeded({ limits: { ...CALLS, max_calls: 1, window: '90s' } }, ['1', 500]),
      {
        message: 'The tool "pay" was not executed: user/few allows 1 call in 90 s and has counted 1 call.',
        suggestion: 'The same call would pass in about 1 s; do not repeat it before.',
      },
    ],
    [
      'too much money',
      exceeded({ limits: SPEND }, ['479.50', 7_200_001]),
      {
        reason: 'spend_limited',
        message:
          'The tool "pay" was not executed: user/few allows 500 EUR in 1 d and has counted 479.5 EUR; this call asks for 50 EUR.',
        suggestion:
          'At most 20.5 EUR would pass now. The same call would pass in about 3 h; do not repeat it before.',
        rule: 'few',
        action: 'spend_limit',
        budgets: [{ name: 'user/few', limit: '500', used: '479.5', amount: '50', currency: 'EUR' }],
      },
    ],
    [
      'an empty budget of a session',
      exceeded({ budget: { window: 'session' }, session: 's1' }, ['100', null]),
      {
        reason: 'budget_exceeded',
        message:
          'The tool "pay" was not executed: user/payments allows 100 EUR in one session and has counted 100 EUR; this call asks for 50 EUR.',
        suggestion: 'Waiting will not help: ask the user to raise the limit or to reset it.',
        rule: null,
        action: 'budget',
        retryAllowed: false,
      },
    ],
    [
      'more than the budget ever holds',
      exceeded({ budget: {}, amount: 101 }, ['0', null]),
      {
        reason: 'budget_exceeded',
        suggestion:
          'At most 100 EUR would pass now. A call of this size can never pass: repeating it will not help.',
        retryAllowed: false,
      },
    ],
    [
      'all at once: the longest wait counts, and the smallest rest',
      exceeded({ limits: SPEND, budget: {} }, ['499', 1000], ['60', 200_000_000]),
      {
        reason: 'budget_exceeded',
        rule: null,
        suggestion:
          'At most 1 EUR would pass now. The same call would pass in about 3 d; do not repeat it before.',
        retryAfterMs: 200_000_000,
      },
    ],
    [
      'a wait that is known beside one that is not',
      exceeded({ limits: CALLS, budget: {} }, ['20', 1000], ['60', null]),
      { reason: 'budget_exceeded', retryAllowed: false },
    ],
    [
      'another currency: what would pass cannot be said in one number',
      exceeded({ limits: SPEND, budget: { currency: 'USD' } }, ['499', 1000], ['60', 150_000]),
      { suggestion: 'The same call would pass in about 3 min; do not repeat it before.' },
    ],
    [
      'the feedback of the rule comes first',
      exceeded({ limits: CALLS, rule: { feedback: { suggestion: 'Batch the calls.' } } }, ['20', 1000]),
      { suggestion: 'Batch the calls. The same call would pass in about 1 s; do not repeat it before.' },
    ],
  ])('%s', (_what, denial, expected) => {
    expect(denial).toMatchObject(expected);
    expect(denial.requestId).toBe('w-1');
    expect('retryAfterMs' in denial).toBe(denial.retryAllowed);
  });

  test('feedback of a rule is not said of a budget', () => {
    const { decision, draws } = drawsUnder({
      limits: CALLS,
      budget: {},
      rule: { feedback: { suggestion: 'Batch the calls.' } },
    });
    const draw = draws.draws[1];
    if (draw === undefined) throw new Error('two pots expected');
    const breach: Breach = { draw, used: draw.limit, retryAfterMs: null };
    expect(exceededDenial(governed(), decision, [breach], draws.draws).suggestion).not.toContain('Batch');
  });

  test('only so many pots are named, the rest is counted', () => {
    const budgets = budgetsOf(
      budgetLayer(Array.from({ length: 11 }, (_, index) => budget({ name: `b${index}` }))),
    );
    const { draws } = drawsOf(payment({ amount: 5 }), [], budgets);
    const breaches = draws.map((draw): Breach => ({ draw, used: draw.limit, retryAfterMs: 1000 }));
    const denial = exceededDenial(governed(), decisionWith(), breaches, draws);
    expect(denial.message).toMatch(
      /^The tool "read_file" was not executed: user\/b0 allows .*; and 3 more\.$/,
    );
    expect(denial.budgets).toHaveLength(8);
  });
});

describe('a call that cannot be counted', () => {
  const invalid = (given: Given): Denial => {
    const { decision, draws } = drawsUnder(given);
    return invalidDrawDenial(governed({ tool: 'pay' }), decision, draws.invalid);
  };

  test.each<[string, Given, Partial<Denial>]>([
    [
      'no amount',
      { limits: SPEND, budget: {}, amount: '50' },
      {
        reason: 'amount_invalid',
        message:
          'The tool "pay" was not executed: $.amount must be a number, written without quotes (counted by user/few, user/payments).',
        suggestion: 'Correct the amount and call again: a plain number of zero or more, such as 12.50.',
        rule: 'few',
        action: 'spend_limit',
        retryAllowed: true,
      },
    ],
    [
      'no session',
      { limits: { ...CALLS, key: 'session' } },
      {
        reason: 'session_unresolved',
        message:
          'The tool "pay" was not executed: it counts by session, and the session of this call is not known (counted by user/few).',
        rule: 'few',
        action: 'rate_limit',
        retryAllowed: false,
      },
    ],
    [
      'neither: the amount is what the agent can put right',
      { limits: { ...CALLS, key: 'session' }, budget: { window: 'session' }, amount: -1 },
      { reason: 'amount_invalid', rule: null, action: 'budget', retryAllowed: true },
    ],
  ])('%s', (_what, given, expected) => expect(invalid(given)).toMatchObject(expected));

  test('no ledger', () => {
    expect(uncountedDenial(governed(), decisionWith())).toMatchObject({
      reason: 'limits_unavailable',
      rule: 'r',
      action: 'limit',
      retryAllowed: true,
      message: expect.stringMatching(/^The tool "read_file" is blocked: /) as string,
    });
  });
});

test.each([
  [
    { limits: CALLS },
    '20',
    'user/few allows 20 calls in 1 h and has counted 20 calls: 1 call more than there is',
  ],
  [
    { budget: {} },
    '80.55',
    'user/payments allows 100 EUR in 1 h and has counted 80.55 EUR; this call asks for 50 EUR: 30.55 EUR more than there is',
  ],
])('a person is told how far a call goes over: %j', (given, used, expected) => {
  const [draw] = drawsUnder(given).draws.draws;
  const decimal = parseDecimal(used);
  if (draw === undefined || decimal === undefined) throw new Error('no such pot');
  expect(overageText({ draw, used: decimal, retryAfterMs: null })).toBe(expected);
});
