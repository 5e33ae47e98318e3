import { expect, test } from 'vitest';
import type { RecordResult } from '../../src/audit/record.js';
import { composePipeline } from '../../src/pipeline/compose.js';
import type { Ruling } from '../../src/pipeline/ruling.js';
import { settleCharge } from '../../src/pipeline/settle.js';
import type { JsonObject } from '../../src/platform/json.js';
import type { RuleSource } from '../../src/policy/source.js';
import type { Subject } from '../../src/policy/subject.js';
import { compiled, layer } from '../policy/support.js';
import { verifies } from '../requirements.js';
import { asking } from '../support/asking.js';
import { counting } from '../support/counting.js';
import { governed, shown, trailInMemory } from './support.js';

verifies('limits:requires:succeeded', 'limits:requires:attempted');

const AFTER: RuleSource = {
  name: 'after',
  match: { tool: 'refund' },
  action: 'allow',
  requires: ['lookup', 'get_*'],
};

interface Rig extends ReturnType<typeof counting> {
  readonly rule: (tool: string, changes?: Partial<Subject>, params?: JsonObject) => Ruling;
  /** Makes a call that ends in this way. */
  readonly done: (tool: string, result?: RecordResult, changes?: Partial<Subject>) => void;
}

function rig(rules: readonly RuleSource[] = [AFTER]): Rig {
  const policy = compiled([layer(rules, { policy: { unlisted_tools: 'allow' } })]);
  const counted = counting(undefined, policy);
  const pipeline = composePipeline({
    policyInForce: () => policy,
    trail: trailInMemory(),
    approvals: asking().gate,
    limits: counted.gate,
    killSwitch: () => undefined,
  });
  const rule: Rig['rule'] = (tool, changes, params) =>
    pipeline.rule({ ...governed({ tool, ...changes }), params });
  return Object.assign(counted, {
    rule,
    done(tool: string, result: RecordResult = 'ok', changes?: Partial<Subject>) {
      const ruling = rule(tool, changes);
      if (ruling.kind !== 'forward') throw new Error(shown(ruling));
      if (ruling.charge !== undefined) {
        settleCharge(counted.ledger, ruling.charge, result, counted.nowMs, (why) => counted.notes.push(why));
      }
    },
  });
}

function denialOf(ruling: Ruling): Extract<Ruling, { kind: 'deny' }>['denial'] {
  if (ruling.kind !== 'deny') throw new Error(shown(ruling));
  return ruling.denial;
}

test('a call passes once each tool that its rule requires has succeeded, and is told which are missing', () => {
  const { rule, done } = rig();
  expect(denialOf(rule('refund'))).toEqual({
    reason: 'dependency_missing',
    message:
      'The tool "refund" was not executed: "lookup" and "get_*" must have succeeded in this session before.',
    suggestion: 'Call "lookup" and "get_*" first; then the same call passes.',
    rule: 'after',
    action: 'requires',
    retryAllowed: true,
    missingDependencies: ['lookup', 'get_*'],
    requestId: 'w-1',
  });
  done('lookup');
  expect(denialOf(rule('refund')).missingDependencies).toEqual(['get_*']);
  done('get_order');
  expect(shown(rule('refund'))).toBe('forward');
});

test.each<[RecordResult, boolean, string]>([
  ['ok', true, 'forward'],
  ['tool-error', true, 'deny dependency_missing by after'],
  ['error', true, 'deny dependency_missing by after'],
  ['ok', false, 'forward'],
  ['tool-error', false, 'forward'],
  ['error', false, 'forward'],
  ['input-required', false, 'deny dependency_missing by after'],
  ['cancelled', false, 'deny dependency_missing by after'],
  ['server-gone', false, 'deny dependency_missing by after'],
  ['garbled', false, 'deny dependency_missing by after'],
  ['timeout', false, 'deny dependency_missing by after'],
  ['client-gone', false, 'deny dependency_missing by after'],
  ['denied', false, 'deny dependency_missing by after'],
])('a required call that ended with %s, requires_success %s: %s', (result, success, expected) => {
  const { rule, done } = rig([{ ...AFTER, requires: ['lookup'], requires_success: success }]);
  done('lookup', result);
  expect(shown(rule('refund'))).toBe(expected);
});

test('a failure after a success takes nothing back', () => {
  const { rule, done } = rig([{ ...AFTER, requires: ['lookup'] }]);
  done('lookup');
  done('lookup', 'tool-error');
  expect(shown(rule('refund'))).toBe('forward');
});

test('another session has called nothing, and a call without a session is denied', () => {
  const { rule, done } = rig([{ ...AFTER, requires: ['lookup'] }]);
  done('lookup');
  expect(shown(rule('refund', { session: 's2' }))).toBe('deny dependency_missing by after');
  done('lookup', 'ok', { session: undefined });
  const denied = rule('refund', { session: undefined });
  expect([shown(denied), denialOf(denied).retryAllowed]).toEqual(['deny session_unresolved by after', false]);
});

test('the answer to a call that runs as a task proves nothing', () => {
  const { rule } = rig([{ ...AFTER, requires: ['lookup'] }]);
  const ruling = rule('lookup', {}, { name: 'lookup', task: { ttl: 1000 } });
  expect([shown(ruling), ruling.kind === 'forward' && ruling.charge]).toEqual(['forward', undefined]);
});

test('calls that no rule requires leave no mark, and calls of no tool neither', () => {
  const { done, ledger, nowMs, rule } = rig();
  done('other');
  expect(shown(rule('lookup', { tool: undefined, method: 'resources/read' }))).toBe('forward');
  expect(ledger.marks(null, nowMs)).toEqual({ kind: 'known', marks: [] });
});

test('the suggestion of the rule itself comes first', () => {
  const { rule } = rig([{ ...AFTER, requires: ['lookup'], feedback: { suggestion: 'Look it up.' } }]);
  expect(denialOf(rule('refund')).suggestion).toBe(
    'Look it up. Call "lookup" first; then the same call passes.',
  );
});

test('a session that was idle for a day has called nothing', () => {
  const state = rig([{ ...AFTER, requires: ['lookup'] }]);
  state.done('lookup');
  state.nowMs += 86_400_000 - 1;
  expect(shown(state.rule('refund'))).toBe('forward');
  state.nowMs += 1;
  expect(shown(state.rule('refund'))).toBe('deny dependency_missing by after');
});

const unavailable = (): { kind: 'unavailable'; why: string } => ({
  kind: 'unavailable',
  why: 'the disk is gone',
});

test('a ledger that cannot be read denies, one that cannot be written leaves denied, and the person is told', () => {
  const { rule, done, gate, ledger, notes } = rig([{ ...AFTER, requires: ['lookup'] }]);
  Object.assign(ledger, { mark: unavailable });
  done('lookup');
  expect(shown(rule('refund'))).toBe('deny dependency_missing by after');
  Object.assign(gate, { ledger: { ...ledger, marks: unavailable } });
  const denied = rule('refund');
  expect([shown(denied), denialOf(denied).retryAllowed]).toEqual(['deny limits_unavailable by after', true]);
  expect(notes).toEqual(['the disk is gone; what requires this call stays denied', 'the disk is gone']);
});
