import { describe, expect, test } from 'vitest';
import type { LayerSource } from '../../src/policy/compile.js';
import { evaluate } from '../../src/policy/evaluate.js';
import type { RuleSource } from '../../src/policy/source.js';
import { allow, ask, call, callWith, compiled, decide, deny, layer } from './support.js';
import { verifies } from '../requirements.js';

verifies('policy:layers:strictest');

const limited: RuleSource = {
  name: 'few',
  match: {},
  action: 'rate_limit',
  limits: { max_calls: 5, window: '1h' },
};
const dry: RuleSource = { name: 'dry', match: {}, action: 'dry_run' };

function system(...rules: RuleSource[]): LayerSource {
  return layer(rules, { layer: 'system' });
}
function user(...rules: RuleSource[]): LayerSource {
  return layer(rules);
}
function project(...rules: RuleSource[]): LayerSource {
  return layer(rules, { layer: 'project' });
}
function trying(...rules: RuleSource[]): LayerSource {
  return layer(rules, { layer: 'project', mode: 'dry_run' });
}
function observing(...rules: RuleSource[]): LayerSource {
  return layer(rules, { layer: 'project', mode: 'observe' });
}

describe('layers', () => {
  test.each<readonly [string, readonly LayerSource[], string]>([
    ['none at all', [], 'allow by no-policy'],
    ['a project cannot loosen', [user(deny({})), project(allow({}))], 'deny by no'],
    ['a project can tighten', [user(allow({})), project(deny({}))], 'deny by no'],
    ['deny over dry run', [user(dry), project(deny({}))], 'deny by no'],
    ['dry run over approval', [user(ask({})), project(dry)], 'dry_run+approval by dry'],
    ['a layer tried dry', [trying(limited)], 'dry_run+limits by few'],
    ['what it would deny', [trying(deny({})), project(ask({}))], 'dry_run of deny by no'],
    ['deny over what is tried dry', [user(deny({}, 'one')), trying(allow({}))], 'deny by one'],
    ['a trial cannot loosen', [user(deny({}, 'one')), trying(deny({}, 'two'))], 'deny by one'],
    ['obligations add up', [system(ask({})), user(limited)], 'allow+approval+limits by ask'],
    ['a rule over a default', [system(), user(allow({}))], 'allow by yes'],
    ['an obligation over a plain rule', [system(allow({})), user(limited)], 'allow+limits by few'],
    ['the first denial is named', [system(deny({}, 'one')), user(deny({}, 'two'))], 'deny by one'],
  ])('%s', (_what, layers, expected) => {
    expect(decide(layers, call())).toBe(expected);
  });

  test('defaults of each layer count by themselves', () => {
    expect(
      decide([user(allow({})), layer([], { layer: 'project', policy: { default: 'deny' } })], call()),
    ).toBe('deny by default');
  });
});

describe('observe mode', () => {
  test.each<readonly [string, readonly LayerSource[], string, string | undefined]>([
    ['blocks nothing', [observing(deny({}))], 'allow by observe', 'deny by no'],
    ['says nothing where it agrees', [observing(allow({}))], 'allow by yes', undefined],
    ['says what it would ask for', [observing(ask({}))], 'allow by observe', 'allow by ask'],
    ['enforced and stricter: silent', [user(deny({})), observing(deny({}, 'two'))], 'deny by no', undefined],
    ['beside an enforced allow', [user(allow({})), observing(deny({}))], 'allow by yes', 'deny by no'],
    ['beside an enforced obligation', [user(limited), observing(dry)], 'allow by few', 'dry_run by dry'],
  ])('%s', (_what, layers, expected, observed) => {
    const decision = evaluate(compiled(layers), call());
    expect(`${decision.effect} by ${decision.rule.name}`).toBe(expected);
    const other = decision.observed;
    expect(other === undefined ? undefined : `${other.effect} by ${other.rule.name}`).toBe(observed);
  });

  test('obligations are observed, not owed', () => {
    const decision = evaluate(compiled([observing(ask({}))]), call());
    expect(decision.obligations).toEqual([]);
    expect(decision.observed?.obligations.map((one) => one.kind)).toEqual(['approval']);
  });

  test('what was uncertain is noted where it counted', () => {
    const rules = [deny({ input: { '$.a': { gt: 1 } } })];
    const decision = evaluate(compiled([observing(...rules)]), callWith({}));
    expect(decision.uncertain).toEqual([]);
    expect(decision.observed?.uncertain).toEqual(['$.a gt: the argument is absent']);
  });
});
