import { expect, test } from 'vitest';
import { composePipeline } from '../../src/pipeline/compose.js';
import type { Stop } from '../../src/pipeline/kill-switch-layer.js';
import type { LayerSource } from '../../src/policy/compile.js';
import { allow, ask, compiled, deny, layer } from '../policy/support.js';
import { verifies } from '../requirements.js';
import { asking } from '../support/asking.js';
import { counting } from '../support/counting.js';
import { governed, shown, trailInMemory } from './support.js';

verifies('kill:layer:denies');

const TOOL = { tool: 'read_file' } as const;

function pipelineWith(layers: readonly LayerSource[], stop: () => Stop | undefined) {
  const trail = trailInMemory();
  let asked = 0;
  const policy = compiled(layers);
  const pipeline = composePipeline({
    killSwitch: stop,
    policyInForce() {
      asked += 1;
      return policy;
    },
    trail,
    approvals: asking().gate,
    limits: counting().gate,
  });
  return { pipeline, trail, asked: () => asked };
}

test.each<[string, readonly LayerSource[]]>([
  ['allows', [layer([allow(TOOL)])]],
  ['denies', [layer([deny(TOOL)])]],
  ['asks a person', [layer([ask(TOOL)])]],
  ['only observes', [layer([deny(TOOL)], { mode: 'observe' })]],
  ['says nothing', []],
])('a policy that %s is not even asked', (_what, layers) => {
  const { pipeline, trail, asked } = pipelineWith(layers, () => ({ reason: 'wrong files' }));
  const ruling = pipeline.rule(governed());
  expect(shown(ruling)).toBe('deny kill_switch by kill_switch');
  expect(asked()).toBe(0);
  expect(trail.staged).toMatchObject([
    { decision: 'deny', enforced: true, rule: 'kill_switch', layer: 'built-in', reason: 'kill_switch' },
  ]);
});

test('the agent is told to stop and to wait for the user', () => {
  const { pipeline } = pipelineWith([], () => ({ reason: 'wrong files' }));
  const ruling = pipeline.rule(governed());
  expect(ruling).toMatchObject({
    denial: {
      reason: 'kill_switch',
      message:
        'The tool "read_file" was not executed: the user stopped all tools with the kill switch. The reason: "wrong files".',
      retryAllowed: false,
    },
  });
  expect(ruling.kind === 'deny' && ruling.denial.suggestion).toMatch(/^Stop working now\..*wait until/);
});

test('a switch without a reason, and none', () => {
  let stop: Stop | undefined = { reason: null };
  const { pipeline } = pipelineWith([layer([allow(TOOL)])], () => stop);
  const ruling = pipeline.rule(governed());
  expect(ruling.kind === 'deny' && ruling.denial.message).toMatch(/with the kill switch\.$/);
  stop = undefined;
  expect(shown(pipeline.rule(governed()))).toBe('forward');
});
