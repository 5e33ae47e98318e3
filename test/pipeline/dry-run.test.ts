import { expect, test } from 'vitest';
import { composePipeline } from '../../src/pipeline/compose.js';
import type { GovernedCall, Ruling } from '../../src/pipeline/ruling.js';
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

verifies('limits:dry-run:foreseen', 'policy:dry-run');

const PAY = { tool: 'pay' };
const FEW: RuleSource = {
  name: 'few',
  match: PAY,
  action: 'dry_run',
  limits: { max_calls: 1, window: '1h', key: 'global' },
};
const ASKING = budget({ name: 'day', on_exceed: 'require_approval' });

interface Tried {
  readonly ruling: Extract<Ruling, { kind: 'dry-run' }>;
  readonly text: string;
  readonly form: Record<string, unknown>;
  readonly record: Record<string, unknown>;
}

/** A pipeline under these layers; `tried` runs one call that must be tried dry. */
function rig(layers: readonly LayerSource[], budgets = budgetsOf()) {
  const policy = compiled(layers);
  const channel = createMemoryChannel();
  const counted = counting(budgets, policy);
  const trail = trailInMemory();
  const pipeline = composePipeline({
    policyInForce: () => policy,
    trail,
    approvals: asking([channel]).gate,
    killSwitch: () => undefined,
    limits: counted.gate,
  });
  const tried = (call: GovernedCall): Tried => {
    const ruling = pipeline.rule(call);
    if (ruling.kind !== 'dry-run') throw new Error(shown(ruling));
    const { text, form } = ruling.answer;
    return { ruling, text, form, record: { ...trail.staged.at(-1) } };
  };
  return { ...counted, pipeline, channel, tried, trail };
}

const user = (...rules: RuleSource[]): LayerSource =>
  layer(rules, { policy: { unlisted_tools: 'allow', hide_denied: false }, mode: 'dry_run' });
const pay = (amount: number, session: string | undefined = 's1'): GovernedCall => ({
  ...governed(),
  subject: payment({ amount }, { session }),
});

test('a rule that is tried says what it would have drawn, as often as it is asked', () => {
  const { tried, ledger, nowMs } = rig([layer([FEW])]);
  for (let count = 0; count < 3; count += 1) {
    const { text, form, record } = tried(pay(1));
    expect(text).toBe(
      'Dry run: nothing was executed. This call would have been forwarded (rule "few"). It would have drawn 1 call on user/few.',
    );
    expect(form).toEqual({
      dry_run: true,
      would: 'allow',
      would_forward: true,
      rule: 'few',
      limits: [{ pot: 'user/few', amount: '1', currency: null }],
      request_id: 'w-1',
    });
    expect(record).toMatchObject({
      decision: 'dry_run',
      would: 'allow',
      enforced: true,
      reason: 'rule',
      limits: [{ pot: 'user/few', amount: '1', currency: null }],
    });
  }
  expect(ledger.pots(nowMs)).toEqual([]);
});

test('a pot that others have emptied would have denied it', () => {
  const enforced = { ...FEW, action: 'rate_limit' } as const;
  const rigged = rig([layer([enforced])]);
  expect(shown(rigged.pipeline.rule(pay(1)))).toBe('forward');
  const dry = rig([user(enforced)]);
  Object.assign(dry.gate, { ledger: rigged.ledger });
  const { text, form, record } = dry.tried(pay(1));
  expect(text).toMatch(
    /^Dry run: nothing was executed\. This call would have been denied: .*user\/few allows 1 call/,
  );
  expect(form).toMatchObject({
    would: 'deny',
    would_forward: false,
    rule: 'few',
    denial: { reason: 'rate_limited', retry_after_ms: 3_600_000 },
    limits: [{ pot: 'user/few', exceeded: true, used: '1', limit: '1' }],
  });
  expect(record).toMatchObject({ decision: 'dry_run', would: 'deny', reason: 'rate_limited' });
  expect(rigged.ledger.pots(rigged.nowMs).map(({ used }) => decimalText(used))).toEqual(['1']);
});

test('a person would have been asked, about the rule and about every budget that is empty; nobody is', () => {
  const budgets = budgetsOf(budgetLayer([ASKING, budget({ name: 'week', on_exceed: 'require_approval' })]));
  const { tried, channel } = rig([user(ask(PAY))], budgets);
  const { text, form, record } = tried(pay(101));
  expect(text).toContain(
    'A person would have been asked to approve this call (user/ask, user/day, user/week)',
  );
  expect(text).toContain('1 EUR more than there is');
  expect(form).toMatchObject({
    would: 'require_approval',
    would_forward: false,
    approval: { state: 'not-asked', rules: ['user/ask', 'user/day', 'user/week'], channels: ['memory'] },
    limits: [
      { pot: 'user/day', amount: '101', overage: true },
      { pot: 'user/week', amount: '101', overage: true },
    ],
  });
  expect(record['approval']).toMatchObject({ state: 'not-asked', timeout_ms: 60_000 });
  expect(channel.shown.size).toBe(0);
});

test.each<[string, readonly LayerSource[], GovernedCall, string]>([
  ['a denial of its own layer', [user(deny(PAY))], pay(1), 'policy_denied'],
  ['a prerequisite', [user({ ...allow(PAY), requires: ['lookup'] })], pay(1), 'dependency_missing'],
  ['evidence', [user({ ...allow(PAY), requires_evidence: ['ticket'] })], pay(1), 'evidence_missing'],
  [
    'a session that is not known',
    [user({ ...FEW, limits: { ...FEW.limits, key: 'session' } })],
    { ...governed(), subject: payment({ amount: 1 }, { session: undefined }) },
    'session_unresolved',
  ],
  [
    'an obligation of another layer',
    [layer([{ ...allow(PAY), requires: ['lookup'] }]), user(allow(PAY))],
    pay(1),
    'dependency_missing',
  ],
])('%s would have denied it, and says so', (_what, layers, call, reason) => {
  const { tried } = rig(layers);
  const { form, record, text } = tried(call);
  expect(form).toMatchObject({ would: 'deny', denial: { blocked: true, reason } });
  expect(record).toMatchObject({ decision: 'dry_run', would: 'deny', reason });
  expect(text).toContain('would have been denied');
});

test('what another layer denies is denied, whatever is tried', () => {
  const { pipeline } = rig([layer([deny(PAY)]), layer([allow(PAY)], { layer: 'project', mode: 'dry_run' })]);
  expect(shown(pipeline.rule(pay(1)))).toBe('deny policy_denied by no');
});

test('a tool that is hidden is denied in the words for one that does not exist', () => {
  const { tried } = rig([layer([deny(PAY)], { mode: 'dry_run' })]);
  const { text, form } = tried({ ...governed(), subject: payment({}, { standing: 'listed' }) });
  expect(text).toContain('The tool "pay" is not available.');
  expect(form['rule']).toBe('unlisted_tools');
});

test('a trial is no step of a loop', () => {
  const { pipeline } = rig([layer([deny({ tool: 'a' }), FEW])]);
  const denied = { ...governed(), subject: payment({}, { tool: 'a' }) };
  const last = [denied, pay(1), denied, pay(1), denied].map((call) => pipeline.rule(call)).at(-1);
  expect(last?.kind === 'deny' && last.denial.retryAfterMs).toBe(5000);
});
