import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/platform/json.js';
import { type Explanation, explain } from '../../src/policy/explain.js';
import type { MatchSource, RuleSource } from '../../src/policy/source.js';
import { allow, ask, call, callWith, compiled, deny, layer, request } from './support.js';
import { verifies } from '../requirements.js';

verifies('policy:explain');

const over100: MatchSource = { input: { '$.amount': { gt: 100 } } };

function statuses(explanation: Explanation): string[] {
  return explanation.layers.flatMap((one) => one.rules.map((rule) => `${rule.rule.name} ${rule.status}`));
}

/** The conditions of a single rule as lines. */
function conditions(match: MatchSource, input: JsonObject): string[] {
  const [report] = explain(compiled([layer([deny(match)])]), callWith(input)).layers;
  return (report?.rules[0]?.conditions ?? []).map(
    (one) =>
      `${one.condition} ${one.wanted}: ${one.actual} ${one.truth}${one.why === undefined ? '' : ` (${one.why})`}`,
  );
}

describe('explain', () => {
  test.each<readonly [string, readonly RuleSource[], JsonObject, readonly string[], boolean]>([
    [
      'first match',
      [allow({ tool: 'x' }, 'a'), deny({}, 'b'), allow({}, 'c')],
      {},
      ['a not-matched', 'b matched', 'c not-reached'],
      false,
    ],
    ['default', [allow({ tool: 'x' }, 'a')], {}, ['a not-matched'], true],
    [
      'uncertain deny',
      [deny(over100, 'a'), allow({}, 'b')],
      {},
      ['a uncertain-applied', 'b not-reached'],
      false,
    ],
    [
      'uncertain allow',
      [allow(over100, 'a'), deny({}, 'b')],
      {},
      ['a uncertain-passed-over', 'b matched'],
      false,
    ],
    [
      'uncertain approval',
      [ask(over100, 'a'), allow({}, 'b')],
      {},
      ['a uncertain-applied', 'b matched'],
      false,
    ],
  ])('%s', (_what, rules, input, expected, usesDefault) => {
    const explanation = explain(compiled([layer(rules)]), callWith(input));
    expect(statuses(explanation)).toEqual(expected);
    expect(explanation.layers[0]?.usesDefault).toBe(usesDefault);
  });

  test('a gate leaves no rule reached', () => {
    const explanation = explain(compiled([layer([allow({}, 'a')])]), call({ standing: 'unlisted' }));
    expect(explanation.layers[0]?.gate?.name).toBe('unlisted_tools');
    expect(statuses(explanation)).toEqual(['a not-reached']);
  });

  test.each<readonly [MatchSource, JsonObject, readonly string[]]>([
    [
      { tool: ['x', 'read_*'], server: 'bill*', environment: 'prod' },
      {},
      [
        'server "bill*": "files" not-met',
        'tool ["x","read_*"]: "read_file" met',
        'environment "prod": absent not-met',
      ],
    ],
    [{ annotations: { readOnlyHint: true } }, {}, ['annotations.readOnlyHint true: false not-met']],
    [
      { input: { '$.amount': { gt: 100, lt: 500 } } },
      { amount: 250 },
      ['$.amount gt 100: 250 met', '$.amount lt 500: 250 met'],
    ],
    [over100, { amount: '250' }, ['$.amount gt 100: "250" unknown (gt: expected a number, got a string)']],
    [over100, {}, ['$.amount gt 100: absent unknown (gt: the argument is absent)']],
    [
      over100,
      { Amount: 5 },
      ['$.amount gt 100: absent unknown ($.amount: another key differs only in how it is written)'],
    ],
    [
      { any: [{ tool: 'x' }, { not: { input: { '$.a': { not: { eq: 1 } } } } }] },
      { a: [1, 2] },
      ['any[0] tool "x": "read_file" not-met', 'any[1] not $.a not eq 1: an array of 2 not-met'],
    ],
    [
      { input: { '$.a': { exists: true } } },
      { a: { b: 1 } },
      ['$.a exists true: an object with 1 members met'],
    ],
    [{ input: { '$.a[*]': { eq: 1 } } }, { a: [] }, ['$.a[*] exists true: absent not-met']],
    [{ input: { '$.a[*]': { eq: 1 } } }, { a: [1, 2] }, ['$.a[*] eq 1: 1 met', '$.a[*] eq 1: 2 not-met']],
  ])('%j', (match, input, expected) => {
    expect(conditions(match, input)).toEqual(expected);
  });

  test('foreign text is printable and short', () => {
    const [line] = conditions({ input: { '$.a': { eq: 1 } } }, { a: `\u001b[2J${'x'.repeat(500)}` });
    expect(line).toMatch(/\\u\{001b\}\[2Jx+…\(\+\d+ chars\)/);
    expect(line?.length).toBeLessThan(220);
  });

  test('lists are gone through only so far', () => {
    const input = { a: Array.from({ length: 100 }, () => 1) };
    expect(conditions({ input: { '$.a[*]': { eq: 1 } } }, input)).toHaveLength(8);
  });

  test('a resource and its address', () => {
    const subject = request('resources/read', { uri: 'file:///srv/a' });
    const [report] = explain(compiled([layer([deny({ uri: 'file:///srv/*' })])]), subject).layers;
    expect(report?.rules[0]?.conditions).toEqual([
      {
        condition: 'uri',
        wanted: '"file:///srv/*"',
        actual: '"file:///srv/a"',
        truth: 'met',
        why: undefined,
      },
    ]);
  });
});
