import { expect, test } from 'vitest';
import { machineForm } from '../../src/mcp/denial.js';
import { approvalLayer } from '../../src/pipeline/approval-layer.js';
import { limitsLayer } from '../../src/pipeline/limits-layer.js';
import { policyLayer } from '../../src/pipeline/policy-layer.js';
import type { Enforcer } from '../../src/pipeline/ruling.js';
import type { Obligation } from '../../src/policy/decision.js';
import type { Subject } from '../../src/policy/subject.js';
import { ask, compiled, deny, layer } from '../policy/support.js';
import { decisionWith, governed, shown } from './support.js';
import { asking } from '../support/asking.js';
import { createMemoryChannel } from '../support/memory-channel.js';
import { counting } from '../support/counting.js';

/** The next step: counts how often it is reached and lets pass. */
function next<Stage extends string>(stage: Stage): Enforcer<Stage> & { reached: number } {
  return {
    stage,
    reached: 0,
    rule(_call, decision) {
      this.reached++;
      return { kind: 'forward', decision };
    },
    rehearse: () => ({ kind: 'forward' }),
  };
}

const RULE = { name: 'r', layer: 'user', index: 0 } as const;
const APPROVAL: Obligation = { kind: 'approval', approval: {}, rule: RULE };
const LIMITS: Obligation = { kind: 'limits', pots: [], rule: RULE };
const REQUIRES: Obligation = { kind: 'requires', tools: ['t'], success: true, rule: RULE };

test.each<[string, readonly Obligation[], string]>([
  ['none', [], 'forward'],
  ['approval', [APPROVAL], 'forward'],
  ['limits without a pot', [LIMITS], 'forward'],
  ['requires', [REQUIRES], 'deny dependency_missing by r'],
  ['all', [APPROVAL, LIMITS, REQUIRES], 'deny dependency_missing by r'],
])('limits with the duties: %s', (_name, obligations, expected) => {
  const inner = next('approval');
  const ruling = limitsLayer(inner, counting().gate).rule(governed(), decisionWith({ obligations }));
  expect([shown(ruling), inner.reached]).toEqual([expected, expected === 'forward' ? 1 : 0]);
});

test.each<[string, readonly Obligation[], string]>([
  ['none', [], 'forward'],
  ['limits', [LIMITS], 'forward'],
  ['approval', [APPROVAL], 'hold by r'],
  ['approval behind others', [REQUIRES, APPROVAL], 'hold by r'],
])('approval with the duties: %s', (_name, obligations, expected) => {
  const inner = next('forward');
  const ruling = approvalLayer(inner, asking([createMemoryChannel()]).gate).rule(
    governed(),
    decisionWith({ obligations }),
  );
  expect([shown(ruling), inner.reached]).toEqual([expected, expected === 'forward' ? 1 : 0]);
});

test.each([
  ['an allowed call', [], 'forward', 1],
  ['a call with a duty', [ask({ tool: '*' })], 'forward', 1],
  ['a denied call', [deny({ tool: '*' })], 'deny policy_denied by no', 0],
  ['a dry run', [{ name: 'try', match: { tool: '*' }, action: 'dry_run' as const }], 'dry-run by try', 0],
])('policy hands on %s or ends it', (_name, rules, expected, reached) => {
  const inner = next('limits');
  const policy = compiled([layer(rules)]);
  const ruling = policyLayer(inner, () => policy).rule(governed());
  expect([shown(ruling), inner.reached]).toEqual([expected, reached]);
});

test.each<[string, Partial<Subject>, boolean, readonly string[] | undefined]>([
  ['a caller who lacks one', { scopes: ['list'] }, false, ['read']],
  ['a caller who lacks both', { scopes: [] }, false, ['read', 'list']],
  ['nobody who is verified', { scopes: undefined }, false, undefined],
  ['a caller from whom the tool is hidden', { scopes: [] }, true, undefined],
])('the scopes that are missing are told to %s, or not', (_name, caller, hideDenied, expected) => {
  const rules = [{ name: 'r', match: { scopes: { missing: ['read', 'list'] } }, action: 'deny' as const }];
  const policy = compiled([layer(rules, { policy: { hide_denied: hideDenied } })]);
  const ruling = policyLayer(next('limits'), () => policy).rule(governed({ standing: 'listed', ...caller }));
  expect(ruling).toMatchObject({ kind: 'deny' });
  const form = ruling.kind === 'deny' ? machineForm(ruling.denial) : {};
  expect(form['missing_scopes']).toEqual(expected);
});
