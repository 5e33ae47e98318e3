import { expect, test } from 'vitest';
import { composePipeline } from '../../src/pipeline/compose.js';
import type { Pipeline } from '../../src/pipeline/ruling.js';
import { settleCharge } from '../../src/pipeline/settle.js';
import { decimalText } from '../../src/platform/decimal.js';
import type { LayerSource } from '../../src/policy/compile.js';
import type { RuleSource } from '../../src/policy/source.js';
import { budget, budgetLayer, budgetsOf, payment } from '../limits/support.js';
import { allow, ask, compiled, deny, layer } from '../policy/support.js';
import { verifies } from '../requirements.js';
import { asking } from '../support/asking.js';
import { counting } from '../support/counting.js';
import { createMemoryChannel } from '../support/memory-channel.js';
import { governed, shown, trailInMemory } from './support.js';

verifies('limits:observe:counted');

const FEW: RuleSource = {
  name: 'few',
  match: { tool: 'pay' },
  action: 'rate_limit',
  limits: { max_calls: 2, window: '1h' },
};

function rig(layers: readonly LayerSource[], budgets = budgetsOf()) {
  const policy = compiled(layers);
  const counted = counting(budgets, policy);
  const trail = trailInMemory();
  const pipeline = composePipeline({
    policyInForce: () => policy,
    trail,
    approvals: asking([createMemoryChannel()]).gate,
    killSwitch: () => undefined,
    limits: counted.gate,
  });
  const used = (): string[] =>
    counted.ledger.pots(counted.nowMs).map(({ name, used: sum }) => `${name} ${decimalText(sum)}`);
  /** Rules on a call; what the record says of it. */
  const recorded = (amount = 1): readonly unknown[] => {
    expect(shown(pipeline.rule(pay(amount)))).toBe('forward');
    const { decision, enforced, reason } = trail.staged.at(-1) ?? {};
    return [decision, enforced, reason];
  };
  return Object.assign(counted, { pipeline, trail, used, recorded });
}

const observing = (...rules: RuleSource[]): LayerSource => layer(rules, { mode: 'observe' });
const pay = (amount: number): Parameters<Pipeline['rule']>[0] => ({
  ...governed(),
  subject: payment({ amount }),
});

const REFUSED = ['limit', false, 'rate_limited'];

test('calls are counted until the limit; then each is recorded as one that it would have refused', () => {
  const state = rig([observing(FEW)]);
  expect(state.recorded()).toEqual(['allow', true, 'default']);
  expect(state.recorded()).toEqual(['allow', true, 'default']);
  expect(state.recorded()).toEqual(REFUSED);
  expect(state.trail.staged.at(-1)?.limits).toEqual([
    {
      pot: 'user/few (observed)',
      amount: '1',
      currency: null,
      exceeded: true,
      used: '2',
      limit: '2',
      observed: true,
    },
  ]);
  // What would have been refused takes nothing, as it would have taken nothing.
  expect(state.used()).toEqual(['user/few (observed) 2']);
  state.nowMs += 3_600_000;
  expect(state.recorded()).toEqual(['allow', true, 'default']);
});

test('pots that are only observed take nothing from enforced ones', () => {
  const state = rig([layer([FEW]), layer([FEW], { layer: 'project', mode: 'observe' })]);
  expect(state.recorded()).toEqual(['allow', true, 'rule']);
  expect(state.used()).toEqual(['user/few 1', 'project/few (observed) 1']);
  const [watched, enforced] = [rig([observing(FEW)]), rig([layer([FEW])])];
  watched.recorded();
  watched.recorded();
  Object.assign(enforced.gate, { ledger: watched.ledger });
  expect(enforced.recorded()).toEqual(['allow', true, 'rule']);
});

test('budgets of a layer that observes count too, whatever its rules say', () => {
  const budgets = budgetsOf(budgetLayer([budget()], { mode: 'observe' }));
  const state = rig([observing()], budgets);
  expect(state.recorded(90)).toEqual(['allow', true, 'default']);
  expect(state.recorded(20)).toEqual(['limit', false, 'budget_exceeded']);
  expect(state.recorded(10)).toEqual(['allow', true, 'default']);
  expect(state.used()).toEqual(['user/payments (observed) 100']);
});

test('a person who would have been asked counts as having agreed', () => {
  const budgets = budgetsOf(budgetLayer([budget({ on_exceed: 'require_approval' })], { mode: 'observe' }));
  const state = rig([observing()], budgets);
  expect(state.recorded(150)).toEqual(['require_approval', false, 'default']);
  expect(state.used()).toEqual(['user/payments (observed) 150']);
  const asked = rig([observing({ ...FEW, action: 'require_approval' })]);
  expect(asked.recorded()).toEqual(['require_approval', false, 'rule']);
  expect(asked.used()).toEqual(['user/few (observed) 1']);
});

test.each<[string, readonly LayerSource[], readonly unknown[]]>([
  [
    'a prerequisite',
    [observing({ ...allow({}), requires: ['lookup'] })],
    ['limit', false, 'dependency_missing'],
  ],
  ['a policy denial', [observing(deny({}))], ['deny', false, 'rule']],
  [
    'beside an enforced rule',
    [layer([allow({})]), layer([deny({})], { layer: 'project', mode: 'observe' })],
    ['deny', false, 'rule'],
  ],
])('%s that would have stopped it', (_what, layers, expected) => {
  const state = rig(layers);
  expect(state.recorded()).toEqual(expected);
  expect(state.used()).toEqual([]);
});

test('an amount that cannot be read, a ledger that cannot count: recorded, and nothing is denied', () => {
  const state = rig([observing()], budgetsOf(budgetLayer([budget()], { mode: 'observe' })));
  expect(state.recorded(Number.NaN)).toEqual(['limit', false, 'amount_invalid']);
  const broken = { kind: 'unavailable', why: 'the disk is gone' } as const;
  Object.assign(state.gate, { ledger: { ...state.ledger, reserve: () => broken } });
  expect(state.recorded()).toEqual(['limit', false, 'limits_unavailable']);
  Object.assign(state.gate, { ledger: { ...state.ledger, peek: () => broken } });
  expect(state.recorded()).toEqual(['limit', false, 'limits_unavailable']);
  expect(state.notes).toEqual(['the disk is gone', 'the disk is gone']);
});

test('what is enforced is recorded as it was, whatever else is observed', () => {
  const project = layer([deny({})], { layer: 'project', mode: 'observe' });
  const state = rig([layer([ask({})]), project]);
  expect(shown(state.pipeline.rule(pay(1)))).toBe('hold by ask');
  expect(state.trail.staged.at(-1)).toMatchObject({ decision: 'require_approval', enforced: true });
});

test('an error gives back what was only observed as well', () => {
  const limits = { ...FEW.limits, refund_on_error: true };
  const { pipeline, ledger, nowMs, used } = rig([observing({ ...FEW, limits })]);
  const ruling = pipeline.rule(pay(1));
  if (ruling.kind !== 'forward' || ruling.charge === undefined) throw new Error(shown(ruling));
  expect(used()).toEqual(['user/few (observed) 1']);
  settleCharge(ledger, ruling.charge, 'tool-error', nowMs, (why) => expect(why).toBe(''));
  expect(used().filter((text) => !text.endsWith(' 0'))).toEqual([]);
});
