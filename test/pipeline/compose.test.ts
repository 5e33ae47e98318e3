import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { composePipeline } from '../../src/pipeline/compose.js';
import type { Action } from '../../src/policy/source.js';
import { allow, ask, compiled, deny, layer } from '../policy/support.js';
import { governed, ruled, shown, trailInMemory } from './support.js';
import { asking } from '../support/asking.js';
import { counting } from '../support/counting.js';

const TOOL = { tool: 'read_file' } as const;

describe('what becomes of a call', () => {
  test.each<[string, Parameters<typeof ruled>[0], string]>([
    ['nothing said', [layer([])], 'forward'],
    ['allowed', [layer([allow(TOOL)])], 'forward'],
    ['denied', [layer([deny(TOOL)])], 'deny policy_denied by no'],
    ['denied by default', [layer([], { policy: { default: 'deny' } })], 'deny policy_denied by default'],
    ['to be approved', [layer([ask(TOOL)])], 'hold by ask'],
    [
      'to be approved by default',
      [layer([], { policy: { default: 'require_approval' } })],
      'hold by default',
    ],
    [
      'limited, and within the limit',
      [layer([{ name: 'few', match: TOOL, action: 'allow', limits: { max_calls: 1, window: '1h' } }])],
      'forward',
    ],
    [
      'in need of another call',
      [layer([{ name: 'after', match: TOOL, action: 'allow', requires: ['other'] }])],
      'deny dependency_missing by after',
    ],
    [
      'limited and to be approved',
      [
        layer([
          { name: 'both', match: TOOL, action: 'require_approval', limits: { max_calls: 1, window: '1h' } },
        ]),
      ],
      'hold by both',
    ],
    ['a dry run', [layer([{ name: 'try', match: TOOL, action: 'dry_run' }])], 'dry-run by try'],
    ['observed', [layer([deny(TOOL)], { mode: 'observe' })], 'forward'],
    [
      'the strictest layer',
      [layer([allow(TOOL)]), layer([deny(TOOL)], { layer: 'project' })],
      'deny policy_denied by no',
    ],
  ])('%s', (_name, layers, expected) => {
    expect(shown(ruled(layers, governed()).ruling)).toBe(expected);
  });

  test.each([
    ['drifted', 'deny tool_definition_drift by on_tool_drift'],
    ['unlisted', 'deny unlisted_tool by unlisted_tools'],
    ['unknown', 'forward'],
    ['listed', 'forward'],
  ] as const)('of a tool that is %s', (standing, expected) => {
    expect(shown(ruled([layer([])], governed({ standing })).ruling)).toBe(expected);
  });

  test('a tool that is left out of the list is denied in the words for one that does not exist', () => {
    const hidden = ruled([layer([deny(TOOL)])], governed({ standing: 'listed' })).ruling;
    const absent = ruled([layer([])], governed({ standing: 'unlisted' })).ruling;
    expect([shown(hidden), shown(absent)]).toEqual([
      'deny policy_denied by no',
      'deny unlisted_tool by unlisted_tools',
    ]);
    expect(hidden.kind === 'deny' && hidden.denial).toEqual(absent.kind === 'deny' && absent.denial);
  });

  test('before a list was seen, and where arguments decide, the denial names its rule', () => {
    const early = ruled([layer([deny(TOOL)])], governed({ standing: 'unknown' })).ruling;
    expect(early.kind === 'deny' && early.denial.rule).toBe('no');
    const partly = { ...TOOL, input: { '$.path': { exists: false } } };
    const some = ruled([layer([deny(partly)])], governed({ standing: 'listed', input: {} })).ruling;
    expect(some.kind === 'deny' && some.denial.rule).toBe('no');
  });
});

test('the record is staged before the ruling is given, once per call', () => {
  const steps: string[] = [];
  const policy = compiled([layer([deny({ tool: 'delete_*' })])]);
  const pipeline = composePipeline({
    policyInForce: () => {
      steps.push('policy');
      return policy;
    },
    trail: trailInMemory(steps),
    approvals: asking().gate,
    limits: counting().gate,
    killSwitch: () => undefined,
  });
  steps.push(pipeline.rule(governed()).kind, pipeline.rule(governed({ tool: 'delete_x' })).kind);
  expect(steps).toEqual(['policy', 'stage', 'policy', 'stage', 'forward', 'deny']);
});

test('each call is judged by the policy that is in force when it comes', () => {
  let policy = compiled([layer([])]);
  const pipeline = composePipeline({
    policyInForce: () => policy,
    trail: trailInMemory(),
    approvals: asking().gate,
    limits: counting().gate,
    killSwitch: () => undefined,
  });
  const first = pipeline.rule(governed());
  policy = compiled([layer([deny({ tool: '*' })])]);
  expect([first.kind, pipeline.rule(governed()).kind]).toEqual(['forward', 'deny']);
});

test('only what every layer allows without a further duty is forwarded, and every call is staged', () => {
  const actions = fc.constantFrom<Action>('allow', 'deny', 'require_approval', 'dry_run');
  fc.assert(
    fc.property(fc.array(fc.option(actions, { nil: undefined }), { maxLength: 3 }), (chosen) => {
      const names = ['system', 'user', 'project'] as const;
      const layers = chosen.map((action, index) =>
        layer(action === undefined ? [] : [{ name: `r${index}`, match: TOOL, action }], {
          layer: names[index] ?? 'user',
        }),
      );
      const { ruling, staged } = ruled(layers, governed());
      const free = chosen.every((action) => action === undefined || action === 'allow');
      expect(ruling.kind === 'forward').toBe(free);
      expect(staged).toHaveLength(1);
      expect(staged[0]?.decision).toBe(
        { forward: 'allow', deny: 'deny', 'dry-run': 'dry_run', hold: 'require_approval' }[ruling.kind],
      );
    }),
  );
});
