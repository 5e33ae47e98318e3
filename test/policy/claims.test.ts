import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/platform/json.js';
import { canPossiblyPass } from '../../src/policy/can-pass.js';
import { compilePolicy } from '../../src/policy/compile.js';
import { evaluate } from '../../src/policy/evaluate.js';
import { explain } from '../../src/policy/explain.js';
import { neededScopes } from '../../src/policy/needed-scopes.js';
import type { MatchSource, RuleSource, ScopesSource } from '../../src/policy/source.js';
import { verifies } from '../requirements.js';
import { allow, ask, call, compiled, decide, deny, layer, ports } from './support.js';

verifies('policy:claims');

const claims: JsonObject = { sub: 'bot', team: 'billing', level: 3, groups: ['ops', 'ext-1'] };

function denied(match: MatchSource, scopes: readonly string[] | undefined = []): string {
  return decide([layer([deny(match)])], call({ claims, scopes }));
}

describe('claims', () => {
  test.each<readonly [NonNullable<MatchSource['claims']>, string]>([
    [{ '$.team': { eq: 'billing' } }, 'deny by no'],
    [{ '$.team': { eq: 'other' } }, 'allow by default'],
    [{ '$.team': { in: ['a', 'billing'] }, '$.level': { gte: 3 } }, 'deny by no'],
    [{ '$.team': { glob: 'bill*' }, '$.level': { gt: 3 } }, 'allow by default'],
    [{ '$.groups[*]': { glob: 'ext-*' } }, 'deny by no'],
    [{ '$.absent': { exists: false } }, 'deny by no'],
    [{ '$.absent': { eq: 1 } }, 'allow by default'],
    [{ '$.absent': { gt: 1 } }, 'deny by no ?'],
    [{ '$.team': { gt: 1 } }, 'deny by no ?'],
    [{ '$.constructor': { exists: true } }, 'allow by default'],
  ])('%j: %s', (source, expected) => {
    expect(denied({ claims: source })).toBe(expected);
  });

  test('they are not the arguments, and the arguments are not they', () => {
    const subject = call({ claims: {}, scopes: [], input: { team: 'billing' } });
    expect(decide([layer([deny({ claims: { '$.team': { eq: 'billing' } } })])], subject)).toBe(
      'allow by default',
    );
    expect(decide([layer([deny({ input: { '$.team': { eq: 'billing' } } })])], subject)).toBe('deny by no');
  });

  test('a note says that it is about a claim, and never its value', () => {
    const policy = compiled([layer([deny({ claims: { '$.team': { gt: 1 } } })])]);
    expect(evaluate(policy, call({ claims, scopes: [] })).uncertain).toEqual([
      'claims $.team gt: expected a number, got a string',
    ]);
  });
});

describe('scopes', () => {
  test.each<readonly [ScopesSource, readonly string[], boolean]>([
    ['files:read', ['files:read'], true],
    ['files:read', ['files:reader'], false],
    ['files:*', ['x', 'files:read'], true],
    ['files:*', ['x'], false],
    [['a', 'b'], ['b'], true],
    [['a', 'b'], [], false],
    [{ all: ['a', 'b'] }, ['b', 'a', 'c'], true],
    [{ all: ['a', 'b'] }, ['a'], false],
    [{ all: 'a*' }, ['ab'], false],
    [{ missing: 'a' }, [], true],
    [{ missing: 'a' }, ['a'], false],
    [{ missing: ['a', 'b'] }, ['a'], true],
    [{ missing: ['a', 'b'] }, ['a', 'b'], false],
    [{ all: 'a', missing: 'b' }, ['a'], true],
    [{ all: 'a', missing: 'b' }, ['a', 'b'], false],
  ])('%j with %j: %s', (scopes, has, met) => {
    expect(denied({ scopes }, has)).toBe(met ? 'deny by no' : 'allow by default');
  });

  test('a bad pattern is a mistake at its place', () => {
    const result = compilePolicy([layer([deny({ scopes: ['ok', 'x'.repeat(2000)] })])], ports);
    expect(result.ok ? [] : result.mistakes.map(({ path }) => path.join('.'))).toEqual([
      'policies.rules.0.match.scopes.1',
    ]);
  });
});

describe('where nobody is verified, the stricter way counts', () => {
  const matches: readonly MatchSource[] = [
    { scopes: 'a' },
    { scopes: { all: 'a' } },
    { scopes: { missing: 'a' } },
    { not: { scopes: 'a' } },
    { claims: { '$.team': { eq: 'x' } } },
    { claims: { '$.team': { exists: false } } },
    { not: { claims: { '$.team': { eq: 'x' } } } },
  ];
  test.each(matches)('%j', (match) => {
    expect(decide([layer([deny(match)])], call())).toBe('deny by no ?');
    expect(decide([layer([ask(match)])], call())).toBe('allow+approval by ask ?');
    expect(decide([layer([allow(match)], { policy: { default: 'deny' } })], call())).toBe(
      'deny by default ?',
    );
  });

  test('the notes say why', () => {
    const policy = compiled([layer([deny({ scopes: 'a', claims: { '$.a': { eq: 1 } } })])]);
    expect(evaluate(policy, call()).uncertain).toEqual([
      'scopes: nobody verified who calls',
      'claims: nobody verified who calls',
    ]);
  });
});

describe('tools that no call of this caller could pass', () => {
  test.each<readonly [string, readonly RuleSource[], readonly string[] | undefined, boolean]>([
    ['the scope is missing', [deny({ tool: 'read_file', scopes: { missing: 'a' } })], [], false],
    ['the scope is there', [deny({ tool: 'read_file', scopes: { missing: 'a' } })], ['a'], true],
    ['nobody is verified', [deny({ tool: 'read_file', scopes: { missing: 'a' } })], undefined, false],
    ['arguments count too', [deny({ scopes: { missing: 'a' }, input: { '$.x': { eq: 1 } } })], [], true],
    ['allowed before', [allow({ scopes: 'b' }), deny({})], ['b'], true],
    ['not allowed before', [allow({ scopes: 'b' }), deny({})], [], false],
  ])('%s', (_what, rules, scopes, expected) => {
    const policy = compiled([layer(rules)]);
    const subject = call({ scopes, claims: scopes === undefined ? undefined : {} });
    expect(canPossiblyPass(policy, { ...subject, name: 'read_file' })).toBe(expected);
  });

  test('one caller does not see what another may', () => {
    const policy = compiled([layer([deny({ claims: { '$.team': { neq: 'a' } } })])]);
    const sees = (team: string): boolean =>
      canPossiblyPass(policy, { ...call({ claims: { team }, scopes: [] }), name: 'read_file' });
    expect([sees('a'), sees('b'), sees('a')]).toEqual([true, false, true]);
  });
});

const byDefault = { policy: { default: 'deny' } } as const;
const needed = (rules: readonly RuleSource[], has: readonly string[], more: object = {}): readonly string[] =>
  neededScopes(compiled([layer(rules, more)]), call({ scopes: has, claims: {} }));

describe('the scopes that a denied call lacks', () => {
  verifies('policy:scopes:needed');

  test.each<readonly [string, readonly RuleSource[], readonly string[], object, readonly string[]]>([
    ['one', [deny({ scopes: { missing: 'a' } })], [], {}, ['a']],
    [
      'all of several rules',
      [deny({ scopes: { missing: 'a' } }, 'x'), deny({ scopes: { missing: ['b', 'c'] } }, 'y')],
      ['b'],
      {},
      ['a', 'c'],
    ],
    ['the rule that is not said with missing', [deny({ not: { scopes: ['a', 'admin'] } })], [], {}, ['a']],
    ['what an allowing rule asks for', [allow({ scopes: 'x:read' })], [], byDefault, ['x:read']],
    [
      'what one of them asks for, not what all do',
      [
        allow({ tool: 'other', scopes: 'o' }, 'w'),
        allow({ scopes: { all: ['a', 'b'] } }, 'x'),
        allow({ scopes: 'c' }, 'y'),
      ],
      ['b'],
      byDefault,
      ['a'],
    ],
    [
      'both kinds together',
      [deny({ scopes: { missing: 'a' } }), allow({ scopes: 'b' })],
      [],
      byDefault,
      ['a', 'b'],
    ],
    ['nothing: it passes', [deny({ scopes: { missing: 'a' } })], ['a'], {}, []],
    [
      'nothing: scopes would not help',
      [deny({ scopes: { missing: 'a' } }), deny({ tool: '*' }, 'y')],
      [],
      {},
      [],
    ],
    [
      'nothing: a rule about other tools',
      [deny({ tool: 'x', scopes: { missing: 'a' } }), deny({}, 'y')],
      [],
      {},
      [],
    ],
    ['nothing: only patterns are known', [allow({ scopes: 'files:*' })], [], byDefault, []],
    ['nothing: what it has too many', [deny({ scopes: 'banned' })], ['banned'], {}, []],
    ['nothing: an observing layer', [deny({ scopes: { missing: 'a' } })], [], { mode: 'observe' }, []],
  ])('%s', (_what, rules, has, more, expected) => {
    expect(needed(rules, has, more)).toEqual(expected);
  });

  test('over all layers', () => {
    const policy = compiled([
      layer([deny({ scopes: { missing: 'a' } })]),
      layer([deny({ scopes: { missing: 'b' } })], { layer: 'project' }),
    ]);
    expect(neededScopes(policy, call({ scopes: [], claims: {} }))).toEqual(['a', 'b']);
  });

  test('nothing where nobody is verified', () => {
    expect(neededScopes(compiled([layer([deny({ scopes: { missing: 'a' } })])]), call())).toEqual([]);
  });

  test('who has them passes, and each is needed', () => {
    const scope = fc.constantFrom('a', 'b', 'c', 'd');
    const list = fc.array(scope, { minLength: 1, maxLength: 2 });
    const scopes: fc.Arbitrary<ScopesSource> = fc.oneof(
      list,
      list.map((all) => ({ all })),
      list.map((missing) => ({ missing })),
    );
    const match = fc.oneof(
      fc.record({ scopes }),
      fc.record({ not: fc.record({ scopes }) }),
      fc.constant<MatchSource>({ tool: 'other' }),
    );
    const rules = fc.array(fc.record({ match, action: fc.constantFrom('allow', 'deny') }), { maxLength: 4 });
    fc.assert(
      fc.property(rules, fc.constantFrom('allow', 'deny'), fc.array(scope), (drawn, fallback, has) => {
        const named = drawn.map((rule, index): RuleSource => ({ ...rule, name: `r${index}` }));
        const policy = compiled([layer(named, { policy: { default: fallback } })]);
        const effect = (more: readonly string[]): string =>
          evaluate(policy, call({ claims: {}, scopes: [...has, ...more] })).effect;
        const more = neededScopes(policy, call({ claims: {}, scopes: has }));
        if (more.length === 0) return;
        expect([effect([]), effect(more)]).toEqual(['deny', 'allow']);
        for (const one of more) expect(effect(more.filter((other) => other !== one))).toBe('deny');
      }),
      { numRuns: 2000 },
    );
  });
});

test('an explanation shows conditions on the token, and what is lacking', () => {
  const rules = [
    deny({ scopes: { missing: 'w' }, claims: { '$.team': { eq: 'billing' }, '$.groups[*]': { eq: 'ops' } } }),
  ];
  const explanation = explain(compiled([layer(rules)]), call({ claims, scopes: ['r', 's'] }));
  expect(explanation.neededScopes).toEqual(['w']);
  expect(explanation.layers[0]?.rules[0]?.conditions).toEqual([
    { condition: 'scopes missing', wanted: '"w"', actual: '"r s"', truth: 'met', why: undefined },
    { condition: 'claims $.team eq', wanted: '"billing"', actual: '"billing"', truth: 'met', why: undefined },
    { condition: 'claims $.groups[*] eq', wanted: '"ops"', actual: '"ops"', truth: 'met', why: undefined },
    {
      condition: 'claims $.groups[*] eq',
      wanted: '"ops"',
      actual: '"ext-1"',
      truth: 'not-met',
      why: undefined,
    },
  ]);
  const [unverified] = explain(compiled([layer(rules)]), call()).layers[0]?.rules ?? [];
  expect(unverified?.conditions.map(({ condition, truth, why }) => [condition, truth, why])).toEqual([
    ['scopes missing', 'unknown', 'scopes: nobody verified who calls'],
    ['claims $.team', 'unknown', 'claims: nobody verified who calls'],
    ['claims $.groups[*]', 'unknown', 'claims: nobody verified who calls'],
  ]);
});
