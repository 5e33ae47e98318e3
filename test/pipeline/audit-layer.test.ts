import { expect, test } from 'vitest';
import type { DecisionFields } from '../../src/audit/encode.js';
import type { LayerSource } from '../../src/policy/compile.js';
import { ask, deny, layer } from '../policy/support.js';
import { governed, ruled, sha256 } from './support.js';

const TOOL = { tool: 'read_file' } as const;

/** The staged record of a call of `read_file` without arguments, with what differs. */
function check(layers: readonly LayerSource[], expected: Partial<DecisionFields>, call = governed()): void {
  const { staged } = ruled(layers, call);
  expect(staged).toEqual([
    {
      request_id: 'w-1',
      rpc_id: 7,
      direction: 'client-to-server',
      method: 'tools/call',
      tool: 'read_file',
      target: null,
      arg_hash: null,
      arg_size: 0,
      decision: 'allow',
      enforced: true,
      rule: 'default',
      layer: 'user',
      reason: 'default',
      approval: null,
      limits: null,
      ...expected,
    },
  ]);
}

test.each<[string, readonly LayerSource[], Partial<DecisionFields>]>([
  ['allowed', [layer([])], {}],
  ['denied', [layer([deny(TOOL)])], { decision: 'deny', rule: 'no', reason: 'policy_denied' }],
  [
    'a dry run',
    [layer([{ name: 'try', match: TOOL, action: 'dry_run' }])],
    { decision: 'dry_run', rule: 'try', reason: 'rule', would: 'allow' },
  ],
  [
    'approval that a person must give',
    [layer([ask(TOOL)])],
    {
      decision: 'require_approval',
      rule: 'ask',
      reason: 'rule',
      approval: {
        id: 'apr_00000000000000000001',
        state: 'pending',
        digest: expect.stringMatching(/^sha256:/),
        channels: ['memory'],
        timeout_ms: 60_000,
      },
    },
  ],
  [
    'denied in observe mode',
    [layer([deny(TOOL)], { mode: 'observe' })],
    { decision: 'deny', enforced: false, rule: 'no', reason: 'rule' },
  ],
  [
    'approval in observe mode',
    [layer([ask(TOOL)], { mode: 'observe' })],
    { decision: 'require_approval', enforced: false, rule: 'ask', reason: 'rule' },
  ],
  [
    'a limit in observe mode',
    [
      layer([{ name: 'few', match: TOOL, action: 'allow', limits: { max_calls: 1, window: '1h' } }], {
        mode: 'observe',
      }),
    ],
    {
      decision: 'allow',
      rule: 'observe',
      reason: 'default',
      limits: [{ pot: 'user/few (observed)', amount: '1', currency: null, observed: true }],
    },
  ],
])('%s', (_name, layers, expected) => {
  check(layers, expected);
});

test('arguments are recorded as the digest and size of the bytes that came', () => {
  const text = '{ "n": 1.0 }';
  check([layer([])], { arg_hash: sha256(text), arg_size: 12 }, governed({ input: { n: 1 } }, text));
});

test.each([
  ['resources/read', { tool: undefined, uri: 'file:///x' }, 'file:///x'],
  ['prompts/get', { tool: undefined, prompt: 'p' }, 'p'],
  ['tasks/get', { tool: undefined }, null],
])('the target of %s', (method, changes, target) => {
  const call = governed({ method, standing: 'unknown', ...changes });
  check([layer([])], { method, tool: null, target }, call);
});

test('a condition that could not be evaluated is named', () => {
  const rules = [deny({ tool: '*', input: { '$.amount': { gt: 5 } } })];
  const { staged } = ruled([layer(rules)], governed({ input: { amount: 'x' } }));
  expect(staged[0]?.decision).toBe('deny');
  expect(staged[0]?.uncertain).toEqual([expect.stringContaining('$.amount')]);
});

test('the arguments themselves are staged only where config asks for them', () => {
  const call = governed({ input: { a: 1 } });
  expect(ruled([layer([])], call).staged[0]?.arguments).toBeUndefined();
  expect(ruled([layer([])], call, true).staged[0]?.arguments).toEqual({ a: 1 });
});
