import { describe, expect, test } from 'vitest';
import { termsOf, type ApprovalDefaults } from '../../src/approvals/terms.js';
import { evaluate } from '../../src/policy/evaluate.js';
import type { ApprovalSource } from '../../src/policy/source.js';
import { ask, call, compiled, layer } from '../policy/support.js';
import { verifies } from '../requirements.js';

const DEFAULTS: ApprovalDefaults = {
  timeoutMs: 300_000,
  onTimeout: 'deny',
  channels: ['client', 'terminal'],
};

/** The terms when one layer for each of these asks. */
function terms(sources: readonly ApprovalSource[], defaults = DEFAULTS) {
  const layers = sources.map((approval, index) =>
    layer([{ ...ask({ tool: '*' }, `rule-${index}`), approval }], {
      layer: index === 0 ? 'user' : 'project',
    }),
  );
  return termsOf(evaluate(compiled(layers), call()), defaults);
}

test('without terms of its own a rule has those of the whole config', () => {
  expect(terms([{}])).toEqual({
    rules: [{ layer: 'user', name: 'rule-0', message: null }],
    timeoutMs: 300_000,
    onTimeout: 'deny',
    channels: ['client', 'terminal'],
    remember: null,
    escalationMs: null,
    delegates: [],
  });
});

describe('where several rules ask, the strictest term counts', () => {
  verifies('approval:terms:strictest');

  test.each<[string, readonly ApprovalSource[], object]>([
    ['the shortest time', [{ timeout: '60s' }, { timeout: '5s' }], { timeoutMs: 5000 }],
    ['the time of the config, if that is shorter', [{ timeout: '1h' }, {}], { timeoutMs: 300_000 }],
    ['deny', [{ default_on_timeout: 'allow' }, { default_on_timeout: 'deny' }], { onTimeout: 'deny' }],
    ['deny, also by default', [{ default_on_timeout: 'allow' }, {}], { onTimeout: 'deny' }],
    [
      'allow, where all say so',
      [{ default_on_timeout: 'allow' }, { default_on_timeout: 'allow' }],
      { onTimeout: 'allow' },
    ],
    [
      'the channels that all allow',
      [{ channels: ['slack', 'terminal', 'client'] }, { channels: ['client', 'terminal'] }],
      { channels: ['terminal', 'client'] },
    ],
    ['the channels of the config', [{ channels: ['slack', 'terminal'] }, {}], { channels: ['terminal'] }],
    ['no channel', [{ channels: ['slack'] }, { channels: ['terminal'] }], { channels: [] }],
    ['the narrowest scope', [{ remember: 'user' }, { remember: 'session' }], { remember: 'session' }],
    ['the narrowest scope: none', [{ remember: 'user' }, {}], { remember: null }],
    ['the scope that both have', [{ remember: 'project' }, { remember: 'project' }], { remember: 'project' }],
    [
      'the earliest escalation, and all delegates',
      [
        { escalation_after: '60s', delegates: ['boss', 'slack'] },
        { escalation_after: '30s', delegates: ['slack', 'mail'] },
      ],
      { escalationMs: 30_000, delegates: ['boss', 'slack', 'mail'] },
    ],
    [
      'no escalation that would come too late',
      [{ timeout: '10s', escalation_after: '10s', delegates: ['boss'] }],
      { escalationMs: null },
    ],
    [
      'an escalation just in time',
      [{ timeout: '10s', escalation_after: '9s', delegates: ['boss'] }],
      { escalationMs: 9000 },
    ],
  ])('%s', (_, sources, expected) => {
    expect(terms(sources)).toMatchObject(expected);
    expect(unordered(sources.toReversed())).toEqual(unordered(sources));
    expect(terms(sources).rules).toHaveLength(sources.length);
  });
});

test('the message of the deciding rule is for the person who answers', () => {
  const rule = { ...ask({ tool: '*' }), feedback: { message: 'it costs money' } };
  const decision = evaluate(compiled([layer([rule])]), call());
  expect(termsOf(decision, DEFAULTS).rules).toEqual([
    { layer: 'user', name: 'ask', message: 'it costs money' },
  ]);
});

/** The terms without what is told in the order of the rules. */
function unordered(sources: readonly ApprovalSource[]): object {
  const { rules: _rules, channels, delegates, ...rest } = terms(sources);
  return { ...rest, channels: channels.toSorted(), delegates: delegates.toSorted() };
}

describe('the escalation of the whole config', () => {
  verifies('approval:escalation:default');
  const defaults = { ...DEFAULTS, escalation: { afterMs: 60_000, channels: ['pager'] } };

  test.each<[string, readonly ApprovalSource[], number | null, readonly string[]]>([
    ['holds for a rule that says nothing', [{}], 60_000, ['pager']],
    ['gives way to what the rule says', [{ escalation_after: '5s', delegates: ['boss'] }], 5000, ['boss']],
    ['does not widen a rule that names its channels', [{ channels: ['terminal'] }], null, []],
    ['nor does it where one of several rules names them', [{ channels: ['terminal'] }, {}], null, []],
    ['is none where the time is over before', [{ timeout: '30s' }], null, ['pager']],
  ])('%s', (_, sources, escalationMs, delegates) => {
    expect(terms(sources, defaults)).toMatchObject({ escalationMs, delegates });
  });
});
