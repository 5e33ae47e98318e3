import { describe, expect, test } from 'vitest';
import { evaluate } from '../../src/policy/evaluate.js';
import type { MatchSource, PolicySource, RuleSource } from '../../src/policy/source.js';
import type { Subject } from '../../src/policy/subject.js';
import {
  DEFAULT_HINTS,
  allow,
  call,
  checkDecision,
  compiled,
  decide,
  deny,
  layer,
  request,
} from './support.js';
import { verifies } from '../requirements.js';

verifies('policy:first-match', 'policy:hints:defaults');

const readOnly = { ...DEFAULT_HINTS, readOnlyHint: true, destructiveHint: false };
const over100: MatchSource = { input: { '$.amount': { gt: 100 } } };
const limited: RuleSource = {
  name: 'few',
  match: {},
  action: 'rate_limit',
  limits: { max_calls: 5, window: '1h' },
};

describe('what a rule matches', () => {
  test.each<readonly [string, MatchSource, Subject, boolean]>([
    ['everything', {}, call(), true],
    ['everything, other methods too', {}, request('sampling/createMessage'), true],
    ['a tool', { tool: 'read_file' }, call(), true],
    ['a tool in another case', { tool: 'READ_file' }, call(), false],
    ['one of several tools', { tool: ['x', 'read_*'] }, call(), true],
    ['a tool only on tools/call', { tool: '*' }, request('resources/read', { uri: 'file:///a' }), false],
    ['a method', { method: 'tools/*' }, call(), true],
    ['another method', { method: 'resources/*' }, call(), false],
    ['a server', { server: 'fil*' }, call(), true],
    ['an agent', { agent: 'support-*' }, call(), true],
    ['no agent', { agent: '*' }, call({ agent: undefined }), false],
    ['not that agent, where there is none', { not: { agent: 'x' } }, call({ agent: undefined }), true],
    ['a client', { client: 'claude*' }, call(), true],
    ['a prompt', { prompt: 'review' }, request('prompts/get', { prompt: 'review' }), true],
    ['a hint', { annotations: { destructiveHint: true } }, call(), true],
    ['a hint that is not so', { annotations: { readOnlyHint: true } }, call(), false],
    ['a hint on what is no tool', { annotations: { destructiveHint: true } }, request('ping'), false],
    ['the environment', { environment: 'prod*' }, call(), true],
    ['another environment', { environment: 'dev' }, call(), false],
    ['all members', { tool: 'read_*', server: 'x' }, call(), false],
    ['any of', { any: [{ tool: 'x' }, { server: 'files' }] }, call(), true],
    ['none of any', { any: [{ tool: 'x' }, { server: 'x' }] }, call(), false],
    ['not', { not: { tool: 'read_*' } }, call(), false],
    ['nested', { not: { any: [{ tool: 'x' }, { not: { server: 'files' } }] } }, call(), true],
    ['a uri', { uri: 'file:///srv/*' }, request('resources/read', { uri: 'file:///srv/a/b' }), true],
    [
      'a uri that is escaped',
      { uri: 'file:///etc/passwd' },
      request('r', { uri: 'file:///etc/%70asswd' }),
      true,
    ],
    ['a uri with dots', { uri: 'file:///etc/*' }, request('r', { uri: 'file:///srv/../etc/x' }), true],
    ['a uri where there is none', { uri: '*' }, call(), false],
  ])('%s', (_what, match, subject, expected) => {
    const prod = { environment: 'production' };
    expect(decide([layer([deny(match)], prod)], subject)).toMatch(
      expected ? /^deny by no/ : /^allow by default/,
    );
  });

  test('a uri that only an escape brings into an allowed place is not allowed', () => {
    const rules = [allow({ uri: 'file:///srv/*' })];
    const open = request('resources/read', { uri: 'file:///srv/a' });
    const tricky = request('resources/read', { uri: 'file:///srv/%2e%2e/etc/x' });
    checkDecision(rules, open, 'allow by yes', { default: 'deny' });
    checkDecision(rules, tricky, 'deny by default ?', { default: 'deny' });
  });
});

describe('order inside a layer', () => {
  test.each<readonly [string, readonly RuleSource[], Subject, Partial<PolicySource>, string]>([
    ['default', [], call(), {}, 'allow by default'],
    ['default deny', [], call(), { default: 'deny' }, 'deny by default'],
    ['default approval', [], call(), { default: 'require_approval' }, 'allow+approval by default'],
    ['first match wins', [allow({}), deny({})], call(), {}, 'allow by yes'],
    ['first match wins, turned', [deny({}), allow({})], call(), {}, 'deny by no'],
    ['an unlisted tool', [allow({})], call({ standing: 'unlisted' }), {}, 'deny by unlisted_tools'],
    [
      'unlisted allowed',
      [allow({})],
      call({ standing: 'unlisted' }),
      { unlisted_tools: 'allow' },
      'allow by yes',
    ],
    ['drift', [allow({})], call({ standing: 'drifted' }), {}, 'deny by on_tool_drift'],
    ['drift log', [allow({})], call({ standing: 'drifted' }), { on_tool_drift: 'log' }, 'allow by yes'],
    [
      'drift approval',
      [allow({})],
      call({ standing: 'drifted' }),
      { on_tool_drift: 'require_approval' },
      'allow+approval by on_tool_drift',
    ],
    [
      'drift approval on top of limits',
      [limited],
      call({ standing: 'drifted' }),
      { on_tool_drift: 'require_approval' },
      'allow+limits+approval by few',
    ],
    [
      'drift approval does not soften a denial',
      [deny(over100)],
      call({ standing: 'drifted', input: { amount: 500 } }),
      { on_tool_drift: 'require_approval' },
      'deny by no',
    ],
    ['an unknown method', [], request('x/y', { knownMethod: false }), {}, 'allow by default'],
    [
      'an unknown method denied',
      [allow({})],
      request('x/y', { knownMethod: false }),
      { unknown_methods: 'deny' },
      'deny by unknown_methods',
    ],
  ])('%s', (_what, rules, subject, policy, expected) => {
    checkDecision(rules, subject, expected, policy);
  });
});

describe('actions and obligations', () => {
  const all = {
    approval: { timeout: '1m' },
    limits: { max_calls: 1, window: '1h' },
    requires: ['orders.lookup'],
  };
  const spend = { max_spend: { field: '$.amount', limit: '10.50', currency: 'EUR', window: '1h' } };
  test.each<readonly [RuleSource, string]>([
    [{ name: 'r', match: {}, action: 'allow' }, 'allow by r'],
    [{ name: 'r', match: {}, action: 'deny', ...all }, 'deny by r'],
    [{ name: 'r', match: {}, action: 'dry_run', ...all }, 'dry_run+approval+limits+requires by r'],
    [{ name: 'r', match: {}, action: 'require_approval' }, 'allow+approval by r'],
    [{ name: 'r', match: {}, action: 'rate_limit', limits: all.limits }, 'allow+limits by r'],
    [{ name: 'r', match: {}, action: 'spend_limit', limits: spend }, 'allow+limits by r'],
    [{ name: 'r', match: {}, action: 'allow', ...all }, 'allow+approval+limits+requires by r'],
    [{ name: 'r', match: {}, action: 'require_approval', ...all }, 'allow+approval+limits+requires by r'],
  ])('%j', (rule, expected) => {
    checkDecision([rule], call(), expected);
  });

  test('the decision carries what the rule says', () => {
    const rule: RuleSource = {
      name: 'r',
      match: {},
      action: 'allow',
      requires: ['a'],
      requires_success: false,
      feedback: { message: 'look first' },
    };
    expect(evaluate(compiled([layer([deny({ tool: 'x' }), rule])]), call())).toEqual({
      effect: 'allow',
      obligations: [
        { kind: 'requires', tools: ['a'], success: false, rule: { name: 'r', layer: 'user', index: 1 } },
      ],
      rule: { name: 'r', layer: 'user', index: 1 },
      reason: 'rule',
      feedback: { message: 'look first' },
      uncertain: [],
      observed: undefined,
    });
  });
});

describe('hints', () => {
  test('a drifted tool is judged with the hints that the door gives', () => {
    const rules = [deny({ annotations: { destructiveHint: true } })];
    checkDecision(rules, call({ hints: readOnly }), 'allow by default');
    checkDecision(rules, call({ hints: DEFAULT_HINTS }), 'deny by no');
  });
});
