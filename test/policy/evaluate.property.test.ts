import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canPossiblyPass } from '../../src/policy/can-pass.js';
import type { LayerSource } from '../../src/policy/compile.js';
import type { Decision } from '../../src/policy/decision.js';
import { evaluate } from '../../src/policy/evaluate.js';
import { explain } from '../../src/policy/explain.js';
import type { ConditionSource, MatchSource, PolicySource, RuleSource } from '../../src/policy/source.js';
import type { Subject } from '../../src/policy/subject.js';
import { reference, referenceLayer } from './reference-evaluator.js';
import { BASE, SETTINGS, call, compiled, ports } from './support.js';
import { verifies } from '../requirements.js';

verifies('policy:reference');

const word = fc.constantFrom('a', 'b', 'ab', '5');
const pattern = fc.constantFrom('a', 'b', 'a*', '*b', '*', 'c');
const value = fc.oneof(
  word,
  fc.constantFrom(null, true, 5, 6, '5', 'true', { a: 1 }),
  fc.array(fc.oneof(word, fc.constantFrom(5, 6, null)), { maxLength: 3 }),
);
const input = fc.dictionary(fc.constantFrom('x', 'y', '__proto__'), value, { maxKeys: 2 });

const plainCondition: fc.Arbitrary<ConditionSource> = fc.oneof(
  fc.record({ eq: fc.constantFrom('a', '5', 5, true) }),
  fc.record({ gt: fc.constantFrom(5, '5.0', '4.9') }),
  fc.record({ glob: pattern }),
  fc.record({ exists: fc.boolean() }),
  fc.constant<ConditionSource>({ exists: true, gt: 5 }),
);
const condition = fc.oneof(plainCondition, fc.record({ not: plainCondition }));

/** One key of a match; rules are made of few of them, so that many apply. */
const key: fc.Arbitrary<MatchSource> = fc.oneof(
  fc.record({ method: fc.constantFrom('tools/*', 'resources/read') }),
  fc.record({ server: pattern }),
  fc.record({ tool: fc.oneof(pattern, fc.array(word, { minLength: 1, maxLength: 2 })) }),
  fc.record({ agent: pattern }),
  fc.record({ environment: fc.constantFrom('prod', 'dev') }),
  fc.record({ annotations: fc.record({ readOnlyHint: fc.boolean() }) }),
  fc.record({
    claims: fc.dictionary(fc.constantFrom('$.x', '$.x[*]'), condition, { minKeys: 1, maxKeys: 1 }),
  }),
  fc.record({
    scopes: fc.oneof(
      pattern,
      fc.array(word, { minLength: 1, maxLength: 2 }).map((all) => ({ all })),
      fc.record({ missing: word }),
    ),
  }),
  {
    weight: 8,
    arbitrary: fc.record({
      input: fc.dictionary(fc.constantFrom('$.x', '$.y', '$.x[*]'), condition, { minKeys: 1, maxKeys: 2 }),
    }),
  },
);
const plainMatch = fc
  .array(key, { minLength: 1, maxLength: 2 })
  .map((keys): MatchSource => Object.assign({}, ...keys) as MatchSource);
const match: fc.Arbitrary<MatchSource> = fc.oneof(
  plainMatch,
  fc.record({ not: plainMatch }),
  fc.record({ any: fc.array(plainMatch, { minLength: 1, maxLength: 2 }) }),
  fc.tuple(plainMatch, plainMatch).map(([base, other]) => ({ ...base, not: { not: other } })),
);

const rules = fc
  .array(
    fc.record({
      match,
      action: fc.constantFrom('allow', 'deny', 'require_approval', 'rate_limit', 'dry_run'),
    }),
    { maxLength: 5 },
  )
  .map((list) =>
    list.map((rule, index): RuleSource => {
      const named = { ...rule, name: `r${index}`, action: rule.action as RuleSource['action'] };
      const isCounted = named.action === 'rate_limit' || (named.action === 'dry_run' && index % 2 === 0);
      return isCounted ? { ...named, limits: { max_calls: 1, window: '1h' } } : named;
    }),
  );

const policy: fc.Arbitrary<PolicySource> = fc.record({
  default: fc.constantFrom('allow', 'deny', 'require_approval'),
  hide_denied: fc.constant(true),
  unknown_methods: fc.constantFrom('allow', 'deny'),
  unlisted_tools: fc.constantFrom('allow', 'deny'),
  on_tool_drift: fc.constantFrom('block', 'require_approval', 'log'),
  rules,
});
const anyLayer: fc.Arbitrary<LayerSource> = fc.record({
  layer: fc.constantFrom('system', 'user', 'project'),
  mode: fc.constantFrom('enforce', 'enforce', 'observe', 'dry_run'),
  environment: fc.constantFrom('prod', undefined),
  baseDir: fc.constant(BASE),
  policy,
});

const hints = fc.boolean().map((readOnlyHint) => ({ ...call().hints, readOnlyHint }));
const subject: fc.Arbitrary<Subject> = fc
  .record({
    method: fc.constantFrom('tools/call', 'resources/read'),
    knownMethod: fc.boolean(),
    server: word,
    agent: fc.option(word, { nil: undefined }),
    claims: fc.option(input, { nil: undefined }),
    scopes: fc.option(fc.array(word, { maxLength: 3 }), { nil: undefined }),
    tool: fc.option(word, { nil: undefined }),
    standing: fc.constantFrom('unknown', 'listed', 'listed', 'unlisted', 'drifted'),
    hints,
    input,
  })
  .map((changes) => call(changes as Partial<Subject>));

function answer(decision: Pick<Decision, 'effect' | 'obligations' | 'wouldDeny'>): string {
  const effect = decision.wouldDeny === true ? 'dry_deny' : decision.effect;
  return [effect, ...decision.obligations.map((one) => one.rule.name)].join('+');
}

describe('evaluate', () => {
  test('agrees with the evaluator by definition, and remembers nothing that matters', () => {
    fc.assert(
      fc.property(
        fc.array(anyLayer, { maxLength: 3 }),
        fc.array(subject, { minLength: 1, maxLength: 4 }),
        (layers, subjects) => {
          const warm = compiled(layers);
          for (const one of [...subjects, ...subjects]) {
            const decision = evaluate(warm, one);
            const expected = reference(layers, one, 'enforce');
            const observed = reference(layers, one, 'observe');
            expect(answer(decision)).toBe(expected);
            const strictness = ['allow', 'dry_run', 'dry_deny', 'deny'];
            const rank = (text: string): number => strictness.indexOf(text.split('+')[0] ?? '');
            const tells =
              rank(observed) > rank(expected) || (rank(expected) === 0 && observed.startsWith('allow+'));
            expect(decision.observed === undefined ? undefined : answer(decision.observed)).toBe(
              tells ? observed : undefined,
            );
            expect(decision).toEqual(evaluate(compiled(layers), one));
          }
        },
      ),
      { numRuns: 1500 },
    );
  });

  test('a tool that cannot pass never passes', () => {
    fc.assert(
      fc.property(fc.array(anyLayer, { maxLength: 2 }), subject, (layers, drawn) => {
        const one = { ...drawn, tool: drawn.tool ?? 'a', method: 'tools/call', knownMethod: true };
        if (canPossiblyPass(compiled(layers), { ...one, name: one.tool })) return;
        const { effect, wouldDeny } = evaluate(compiled(layers), one);
        expect(effect === 'deny' || wouldDeny === true).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test('is total: garbage denies or is judged, and never throws', () => {
    fc.assert(
      fc.property(
        fc.array(anyLayer, { maxLength: 2 }),
        fc.anything(),
        fc.anything(),
        (layers, one, other) => {
          const warm = compiled(layers, { paths: ['/home/ada/.config/guard'], baseDir: BASE });
          for (const garbage of [
            one,
            { ...call(), input: one, tool: other },
            { ...call(), hints: one, uri: other },
          ]) {
            expect(['allow', 'dry_run', 'deny']).toContain(evaluate(warm, garbage as Subject).effect);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('a port that throws denies in an enforcing layer and is told of in an observing one', () => {
    const broken = { ...ports, canonicalPath: throwing };
    const match: MatchSource = { input: { '$.path': { path: '**/x' } } };
    const source = (mode: 'enforce' | 'observe'): LayerSource => ({
      layer: 'user',
      mode,
      environment: undefined,
      baseDir: BASE,
      policy: { ...SETTINGS, rules: [{ name: 'r', match, action: 'deny' }] },
    });
    const decisions = (['enforce', 'observe'] as const).map((mode) =>
      evaluate({ ...compiled([source(mode)]), ports: broken }, call({ input: { path: 'x' } })),
    );
    expect(decisions.map((one) => [one.effect, one.reason, one.observed?.reason])).toEqual([
      ['deny', 'evaluation-failed', undefined],
      ['allow', 'default', 'evaluation-failed'],
    ]);
  });
});

describe('explain', () => {
  test('agrees with evaluate and with the definition', () => {
    fc.assert(
      fc.property(fc.array(anyLayer, { minLength: 1, maxLength: 3 }), subject, (layers, one) => {
        const policyOfAll = compiled(layers);
        const explanation = explain(policyOfAll, one);
        expect(explanation.decision).toEqual(evaluate(policyOfAll, one));
        layers.forEach((layer, index) => {
          const report = explanation.layers[index];
          if (report === undefined) throw new Error('a report for each layer');
          expect(answer(report.outcome)).toBe(referenceLayer(layer, one));
          const alone = evaluate(compiled([{ ...layer, mode: 'enforce' }]), one);
          expect(alone.rule).toEqual(report.outcome.rule);
          const matched = report.rules.filter((rule) => rule.status === 'matched');
          expect(matched.length + (report.usesDefault ? 1 : 0)).toBeLessThanOrEqual(1);
        });
      }),
      { numRuns: 1000 },
    );
  });
});

function throwing(): never {
  throw new Error('no file system today');
}
