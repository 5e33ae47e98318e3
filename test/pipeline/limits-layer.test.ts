import { expect, test } from 'vitest';
import type { RecordResult } from '../../src/audit/record.js';
import type { CompiledBudgets } from '../../src/limits/budget.js';
import { composePipeline } from '../../src/pipeline/compose.js';
import type { Pipeline, Ruling } from '../../src/pipeline/ruling.js';
import { settleCharge } from '../../src/pipeline/settle.js';
import { decimalText } from '../../src/platform/decimal.js';
import type { RuleSource } from '../../src/policy/source.js';
import { budget, budgetLayer, budgetsOf, payment } from '../limits/support.js';
import { call, compiled, layer } from '../policy/support.js';
import { verifies } from '../requirements.js';
import { asking } from '../support/asking.js';
import { counting } from '../support/counting.js';
import { createMemoryChannel, type MemoryChannel } from '../support/memory-channel.js';
import { governed, shown, trailInMemory } from './support.js';

verifies(
  'limits:layer:forwarded-only',
  'limits:layer:refund',
  'limits:layer:overage',
  'limits:layer:unavailable',
  'limits:layer:hold',
);

const FEW: RuleSource = {
  name: 'few',
  match: { tool: 'pay' },
  action: 'rate_limit',
  limits: { max_calls: 2, window: '1h' },
};

const unsaid = (why: string): never => {
  throw new Error(why);
};

interface Rig extends ReturnType<typeof counting> {
  readonly pipeline: Pipeline;
  readonly channel: MemoryChannel;
  readonly used: () => string[];
}

function rig(rules: readonly RuleSource[], budgets?: CompiledBudgets): Rig {
  const channel = createMemoryChannel();
  const counted = counting(budgets);
  const policy = compiled([layer(rules, { policy: { unlisted_tools: 'allow' } })]);
  const pipeline = composePipeline({
    policyInForce: () => policy,
    trail: trailInMemory(),
    approvals: asking([channel]).gate,
    killSwitch: () => undefined,
    limits: counted.gate,
  });
  const used = (): string[] =>
    counted.ledger.pots(counted.nowMs).map(({ name, used: sum }) => `${name} ${decimalText(sum)}`);
  return Object.assign(counted, { pipeline, channel, used });
}

const pay = (amount: number): Parameters<Pipeline['rule']>[0] => ({
  ...governed(),
  subject: payment({ amount }),
});

function chargeOf(ruling: Ruling): NonNullable<Extract<Ruling, { kind: 'forward' }>['charge']> {
  if (ruling.kind !== 'forward' || ruling.charge === undefined) throw new Error(shown(ruling));
  return ruling.charge;
}

test('calls pass until the limit, the denial says when the next would, and time frees them', () => {
  const { pipeline, used, ...state } = rig([FEW]);
  expect([pipeline.rule(pay(1)), pipeline.rule(pay(1))].map(shown)).toEqual(['forward', 'forward']);
  const denied = pipeline.rule(pay(1));
  expect(shown(denied)).toBe('deny rate_limited by few');
  expect(denied.kind === 'deny' && denied.denial.retryAfterMs).toBe(3_600_000);
  expect(used()).toEqual(['user/few 2']);
  expect(state.notes).toEqual([]);
});

test('a call that is denied or held further on draws nothing', () => {
  const held = rig([{ ...FEW, action: 'require_approval' }]);
  expect(shown(held.pipeline.rule(pay(1)))).toBe('hold by few');
  expect(held.used()).toEqual([]);
  const dry = rig([{ ...FEW, action: 'dry_run' }]);
  expect(shown(dry.pipeline.rule(pay(1)))).toBe('dry-run by few');
  expect(dry.used()).toEqual([]);
});

test.each<[RecordResult, boolean, string]>([
  ['ok', true, '1'],
  ['tool-error', true, '0'],
  ['error', true, '0'],
  ['error', false, '1'],
  ['cancelled', true, '1'],
  ['server-gone', true, '1'],
  ['denied', false, '0'],
])('%s with refund_on_error %s leaves %s', (result, refundOnError, left) => {
  const rule = { ...FEW, limits: { ...FEW.limits, refund_on_error: refundOnError } };
  const { pipeline, ledger, nowMs } = rig([rule]);
  settleCharge(ledger, chargeOf(pipeline.rule(pay(1))), result, nowMs, unsaid);
  const [pot] = ledger.pots(nowMs);
  expect(pot === undefined ? '0' : decimalText(pot.used)).toBe(left);
  const unknownEnd = result === 'cancelled' || result === 'server-gone';
  expect(pot === undefined ? '0' : decimalText(pot.ambiguous)).toBe(unknownEnd ? '1' : '0');
});

test('what a person may let pass over a budget is asked about, with all that is empty, and recorded', () => {
  const budgets = budgetsOf(
    budgetLayer([
      budget({ name: 'day', on_exceed: 'require_approval' }),
      budget({ name: 'week', window: '7d', on_exceed: 'require_approval' }),
    ]),
  );
  const { pipeline, used } = rig([], budgets);
  expect(shown(pipeline.rule(pay(90)))).toBe('forward');
  const held = pipeline.rule(pay(20));
  if (held.kind !== 'hold') throw new Error(shown(held));
  expect(held.asked.terms.rules.map(({ name }) => name)).toEqual(['day', 'week']);
  expect(held.asked.terms.rules[0]?.message).toContain('10 EUR more than there is');
  expect(used()).toEqual(['user/day 90', 'user/week 90']);
});

test('one budget that denies outweighs others that ask', () => {
  const budgets = budgetsOf(
    budgetLayer([budget({ name: 'day', on_exceed: 'require_approval' }), budget({ name: 'hard' })]),
  );
  const { pipeline } = rig([], budgets);
  const ruling = pipeline.rule(pay(101));
  expect(ruling.kind === 'deny' && ruling.reason).toBe('budget_exceeded');
});

test('an amount that cannot be read is denied and draws nothing', () => {
  const { pipeline, used } = rig([], budgetsOf(budgetLayer([budget()])));
  for (const input of [{}, { amount: -1 }, { amount: '5' }, { amount: Number.NaN }]) {
    const ruling = pipeline.rule({ ...governed(), subject: payment(input) });
    expect(ruling.kind === 'deny' && ruling.reason).toBe('amount_invalid');
  }
  expect(used()).toEqual([]);
});

const unavailable = { kind: 'unavailable', why: 'the disk is gone' } as const;
const broken = { peek: () => unavailable, reserve: () => unavailable };

test('a ledger that cannot count denies, and the person is told why', () => {
  const { pipeline, gate, notes } = rig([FEW]);
  Object.assign(gate, { ledger: { ...gate.ledger, ...broken } });
  const ruling = pipeline.rule(pay(1));
  expect(ruling.kind === 'deny' && [ruling.reason, ruling.denial.message.includes('disk')]).toEqual([
    'limits_unavailable',
    false,
  ]);
  expect(notes).toEqual(['the disk is gone']);
});

test('another process that was faster between the look and the draw wins', () => {
  const { pipeline, gate, ledger, used } = rig([FEW]);
  expect(shown(pipeline.rule(pay(1)))).toBe('forward');
  expect(shown(pipeline.rule(pay(1)))).toBe('forward');
  Object.assign(gate, { ledger: { ...ledger, peek: () => ({ kind: 'free' }) } });
  expect(shown(pipeline.rule(pay(1)))).toBe('deny rate_limited by few');
  expect(used()).toEqual(['user/few 2']);
});

test('calls without a limit draw nothing', () => {
  const { pipeline, used } = rig([FEW]);
  expect(shown(pipeline.rule({ ...governed(), subject: call({ tool: 'other' }) }))).toBe('forward');
  expect(used()).toEqual([]);
});
