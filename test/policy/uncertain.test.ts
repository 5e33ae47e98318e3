import { describe, expect, test } from 'vitest';
import { evaluate } from '../../src/policy/evaluate.js';
import type { MatchSource, PolicySource, RuleSource } from '../../src/policy/source.js';
import type { Subject } from '../../src/policy/subject.js';
import { allow, ask, call, callWith, checkDecision, compiled, deny, layer } from './support.js';
import { verifies } from '../requirements.js';

verifies('policy:unknown:stricter');

const over100: MatchSource = { input: { '$.amount': { gt: 100 } } };
const limited: RuleSource = {
  name: 'few',
  match: {},
  action: 'rate_limit',
  limits: { max_calls: 5, window: '1h' },
};

describe('uncertain conditions count the strict way', () => {
  test.each<readonly [string, readonly RuleSource[], Subject, Partial<PolicySource>, string]>([
    ['deny applies', [deny(over100)], callWith({ amount: '500' }), {}, 'deny by no ?'],
    ['approval applies', [ask(over100)], callWith({}), {}, 'allow+approval by ask ?'],
    [
      'allow does not',
      [allow(over100)],
      callWith({ amount: '500' }),
      { default: 'deny' },
      'deny by default ?',
    ],
    [
      'allow is passed over, not named',
      [allow(over100)],
      callWith({ amount: 'x' }),
      {},
      'allow by default ?',
    ],
    ['not stays unknown', [deny({ not: over100 })], callWith({ amount: 'x' }), {}, 'deny by no ?'],
    [
      'not, allowing',
      [allow({ not: over100 })],
      callWith({ amount: 'x' }),
      { default: 'deny' },
      'deny by default ?',
    ],
    ['false dominates and', [deny({ tool: 'x', ...over100 })], callWith({}), {}, 'allow by default'],
    ['true dominates or', [deny({ any: [over100, {}] })], callWith({}), {}, 'deny by no'],
    [
      'an approval does not soften the denial behind it',
      [ask(over100)],
      callWith({ amount: 'x' }),
      { default: 'deny' },
      'deny by default ?',
    ],
    [
      'an approval and the limit behind it add up',
      [ask(over100), limited],
      callWith({ amount: 'x' }),
      {},
      'allow+approval+limits by ask ?',
    ],
    [
      'a dry run does not soften the denial behind it',
      [{ name: 'dry', match: over100, action: 'dry_run' }, deny({})],
      callWith({ amount: 'x' }),
      {},
      'deny by no ?',
    ],
    [
      'a dry run holds against the allow behind it',
      [{ name: 'dry', match: over100, action: 'dry_run' }, allow({})],
      callWith({ amount: 'x' }),
      {},
      'dry_run by dry ?',
    ],
    [
      'an uncertain name counts too',
      [deny({ tool: 'zz*' })],
      call({ tool: 'a'.repeat(70_000) }),
      {},
      'deny by no ?',
    ],
  ])('%s', (_what, rules, subject, policy, expected) => {
    checkDecision(rules, subject, expected, policy);
  });

  test('notes name path, operator and types, never the value', () => {
    const rules = [deny({ input: { '$.a': { gt: 1 }, '$.b': { path_within: '.' }, '$.c': { eq: 1 } } })];
    const subject = callWith({ a: 'secret', C: 1 });
    expect(evaluate(compiled([layer(rules)]), subject).uncertain).toEqual([
      '$.a gt: expected a number, got a string',
      '$.b path_within: the argument is absent',
      '$.c: another key differs only in how it is written',
    ]);
  });

  test('notes are bounded', () => {
    const rules = [deny({ input: { '$.a[*]': { gt: 1 } } })];
    const subject = callWith({ a: Array.from({ length: 1000 }, () => 'x') });
    expect(evaluate(compiled([layer(rules)]), subject).uncertain).toHaveLength(16);
  });
});

describe('paths that fan out', () => {
  const inside: MatchSource = { input: { '$.paths[*]': { path_within: '.' } } };
  const outside: MatchSource = { input: { '$.paths[*]': { not: { path_within: '.' } } } };
  test.each<readonly [string, readonly RuleSource[], readonly string[], string]>([
    ['deny if any is outside', [deny(outside)], ['a', '/etc'], 'deny by no'],
    ['deny if any is outside: none', [deny(outside)], ['a', 'b'], 'allow by default'],
    ['deny unless all are inside', [deny({ not: inside })], ['a', '/etc'], 'deny by no'],
    ['deny unless all are inside: all', [deny({ not: inside })], ['a', 'b'], 'allow by default'],
    ['deny unless all are inside: none given', [deny({ not: inside })], [], 'deny by no'],
    ['allow if all are inside', [allow(inside), deny({})], ['a', '/etc'], 'deny by no'],
    ['allow if all are inside: all', [allow(inside), deny({})], ['a', 'b'], 'allow by yes'],
    ['allow if all are inside: none given', [allow(inside), deny({})], [], 'deny by no'],
    ['allow unless any is outside', [allow({ not: outside }), deny({})], ['a', '/etc'], 'deny by no'],
    [
      'a limit does not open what is denied',
      [{ ...limited, match: inside }, deny({})],
      ['a', '/etc'],
      'deny by no',
    ],
  ])('%s', (_what, rules, paths, expected) => {
    checkDecision(rules, callWith({ paths: [...paths] }), expected);
  });
});
