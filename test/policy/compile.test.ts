import { describe, expect, test } from 'vitest';
import { compilePolicy } from '../../src/policy/compile.js';
import type { LimitKey, MatchSource, RuleSource } from '../../src/policy/source.js';
import { allow, deny, layer, ports } from './support.js';

/** What a program without types may pass. */
const UNKNOWN_KEY = JSON.parse('"user"') as LimitKey;

/** The mistakes of one layer as `path: message`. */
function mistakesOf(rules: readonly RuleSource[]): string[] {
  const result = compilePolicy([layer(rules)], ports);
  return result.ok ? [] : result.mistakes.map((one) => `${one.path.slice(2).join('.')}: ${one.message}`);
}

function nested(depth: number): MatchSource {
  return depth === 0 ? {} : { not: nested(depth - 1) };
}

describe('compilePolicy', () => {
  test('a mistake names layer and place', () => {
    const rules = [allow({}), deny({ tool: ['ok', ''] })];
    expect(compilePolicy([layer(rules, { layer: 'project' })], ports)).toEqual({
      ok: false,
      mistakes: [
        {
          layer: 'project',
          path: ['policies', 'rules', 1, 'match', 'tool', 1],
          message: 'the pattern is empty',
        },
      ],
    });
  });

  test('all mistakes of all layers come at once', () => {
    const result = compilePolicy(
      [
        layer([deny({ tool: '' }), deny({ server: '' }, 'b')]),
        layer([deny({ agent: '' })], { layer: 'project' }),
      ],
      ports,
    );
    expect(result.ok ? [] : result.mistakes.map((one) => [one.layer, one.path.at(-1)])).toEqual([
      ['user', 'tool'],
      ['user', 'server'],
      ['project', 'agent'],
    ]);
  });

  test.each<readonly [MatchSource, string]>([
    [{ tool: [] }, '0.match.tool: the list is empty'],
    [{ uri: '' }, '0.match.uri: the pattern is empty'],
    [{ environment: '' }, '0.match.environment: the pattern is empty'],
    [{ any: [] }, '0.match.any: the list is empty'],
    [{ any: [{ tool: '' }] }, '0.match.any.0.tool: the pattern is empty'],
    [{ not: { tool: '' } }, '0.match.not.tool: the pattern is empty'],
    [{ input: { amount: { gt: 1 } } }, '0.match.input.amount: an argument path begins with "$"'],
    [{ input: { '$.a': {} } }, '0.match.input.$.a: no operator is given'],
    [{ input: { '$.a': { in: [] } } }, '0.match.input.$.a.in: the list is empty'],
    [{ input: { '$.a': { any: [] } } }, '0.match.input.$.a.any: the list is empty'],
    [{ input: { '$.a': { gt: 'ten' } } }, '0.match.input.$.a.gt: expected a decimal number'],
    [{ input: { '$.a': { lte: '0x10' } } }, '0.match.input.$.a.lte: expected a decimal number'],
    [{ input: { '$.a': { regex: '(' } } }, '0.match.input.$.a.regex: '],
    [{ input: { '$.a': { regex: '(?=a)' } } }, '0.match.input.$.a.regex: '],
    [{ input: { '$.a': { regex: 'x'.repeat(1025) } } }, '0.match.input.$.a.regex: the expression is longer'],
    [{ input: { '$.a': { glob: ['a', ''] } } }, '0.match.input.$.a.glob.1: the pattern is empty'],
    [{ input: { '$.a': { starts_with: '' } } }, '0.match.input.$.a.starts_with: an empty text'],
    [{ input: { '$.a': { ends_with: [] } } }, '0.match.input.$.a.ends_with: the list is empty'],
    [{ input: { '$.a': { type: [] } } }, '0.match.input.$.a.type: the list is empty'],
    [{ input: { '$.a': { path: ['/a', '/b/+(c)'] } } }, '0.match.input.$.a.path.1: "+(c)": parentheses'],
    [{ input: { '$.a': { path_within: '' } } }, '0.match.input.$.a.path_within: expected a path'],
    [{ input: { '$.a': { host: '' } } }, '0.match.input.$.a.host: the pattern is empty'],
    [{ input: { '$.a': { not: { gt: 'x' } } } }, '0.match.input.$.a.not.gt: expected a decimal'],
    [
      { input: { '$.a': { any: [{ eq: 1 }, { lt: '' }] } } },
      '0.match.input.$.a.any.1.lt: expected a decimal',
    ],
    [nested(40), '0.match'],
  ])('refuses %.60j', (match, expected) => {
    const mistakes = mistakesOf([deny(match)]);
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]?.slice(0, expected.length)).toBe(expected);
  });

  test.each<readonly [Partial<RuleSource>, string]>([
    [{ action: 'rate_limit' }, '0.limits: action rate_limit needs limits.max_calls'],
    [
      { action: 'spend_limit', limits: { max_calls: 1, window: '1h' } },
      '0.limits: action spend_limit needs limits.max_spend',
    ],
    [
      { limits: { max_spend: { field: 'amount', limit: 'x', currency: 'EUR' } } },
      '0.limits.max_spend.field: an argument path begins with "$", such as $.amount',
    ],
    [{ requires: [''] }, '0.requires.0: the pattern is empty'],
    [{ limits: {} }, '0.limits: limits needs max_calls or max_spend: without them nothing is counted'],
    [{ limits: { max_calls: 2 ** 53, window: '1h' } }, '0.limits.max_calls: expected a whole number from 1'],
    [
      { limits: { max_calls: 1, window: '1w' } },
      '0.limits.window: expected a duration such as 30s, 10m or 24h, above zero and of at most ten years',
    ],
    [
      { limits: { max_calls: 1, window: '1h', key: ['tool', UNKNOWN_KEY] } },
      '0.limits.key.1: expected one of server, tool, agent, client, session, global',
    ],
    [
      {
        limits: {
          window: '1h',
          key: UNKNOWN_KEY,
          max_spend: { field: '$.a', limit: 1, currency: 'EUR' },
        },
      },
      '0.limits.key: expected one of server, tool, agent, client, session, global',
    ],
    [
      { limits: { window: '1h', max_spend: { field: '$.a', limit: Infinity, currency: 'EUR' } } },
      "0.limits.max_spend.limit: expected a decimal number such as 100 or '0.10'",
    ],
  ])('refuses %j', (changes, expected) => {
    expect(mistakesOf([{ ...allow({}), ...changes }])[0]).toBe(expected);
  });

  test('names are unique inside a layer, not across layers', () => {
    expect(mistakesOf([deny({}, 'a'), deny({}, 'b'), allow({}, 'a')])).toEqual([
      '2.name: rule 1 has the same name',
    ]);
    expect(compilePolicy([layer([deny({})]), layer([deny({})], { layer: 'project' })], ports).ok).toBe(true);
  });

  test('the number of rules is bounded', () => {
    const rules = Array.from({ length: 50_001 }, (_unused, index) => deny({ tool: 'x' }, `r${index}`));
    expect(mistakesOf(rules)).toEqual([': more than 50000 rules']);
  });

  test('the policy is frozen', () => {
    const result = compilePolicy([layer([deny({})])], ports);
    if (!result.ok) throw new Error('no mistakes expected');
    expect(Object.isFrozen(result.policy)).toBe(true);
    expect(Object.isFrozen(result.policy.layers)).toBe(true);
    expect(result.policy.layers.every((one) => Object.isFrozen(one) && Object.isFrozen(one.rules))).toBe(
      true,
    );
  });
});
