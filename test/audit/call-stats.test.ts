import { expect, test } from 'vitest';
import { CallStats, type CountedCall, OTHERS } from '../../src/audit/call-stats.js';
import { STATS_HOURS_MAX, STATS_NAMES_MAX } from '../../src/platform/bounds.js';
import { verifies } from '../requirements.js';

verifies('audit:stats');

function counted(more: Partial<CountedCall> = {}): CountedCall {
  return {
    atMs: Date.UTC(2026, 0, 2, 3),
    server: 'files',
    agent: 'claude',
    tool: 'read_file',
    rule: 'user/reads',
    decision: 'allow',
    result: undefined,
    latencyMs: undefined,
    ...more,
  };
}

test('calls are counted by what was decided and how they ended', () => {
  const stats = new CallStats();
  stats.add(counted({ result: 'ok', latencyMs: 10 }));
  stats.add(counted({ decision: 'deny', tool: null, result: 'denied', latencyMs: 1 }));
  stats.add(counted({ decision: 'limit', result: 'denied', latencyMs: 1 }));
  stats.add(counted({ result: 'tool-error', latencyMs: 20 }));
  stats.add(counted({ agent: 'other' }));
  stats.add(counted({ decision: undefined, rule: null, result: 'timeout', latencyMs: 30 }));
  stats.addOther('refusal');
  expect(stats.all).toMatchObject({ calls: 6, denied: 2, failed: 2 });
  expect(Object.fromEntries(stats.decisions)).toEqual({ allow: 3, deny: 1, limit: 1, unknown: 1 });
  expect(Object.fromEntries(stats.results)).toEqual({
    ok: 1,
    denied: 2,
    'tool-error': 1,
    none: 1,
    timeout: 1,
  });
  expect(Object.fromEntries(stats.others)).toEqual({ refusal: 1 });
  expect(stats.groups.tool.get('read_file')?.calls).toBe(5);
  expect(stats.groups.agent.get('claude')?.calls).toBe(5);
  expect(stats.groups.rule.get('user/reads')?.calls).toBe(5);
  expect([...stats.hours.values()].map(({ calls }) => calls)).toEqual([6]);
  expect(stats.all.latency.count).toBe(5);
});

test('names and hours beyond their bounds are counted together', () => {
  const stats = new CallStats();
  for (let index = 0; index < STATS_NAMES_MAX + 10; index += 1) {
    stats.add(counted({ tool: `t${index}`, decision: `d${index}` }));
  }
  expect(stats.groups.tool.size).toBe(STATS_NAMES_MAX + 1);
  expect(stats.groups.tool.get(OTHERS)?.calls).toBe(10);
  expect(stats.decisions.get(OTHERS)).toBe(10);
  for (let hour = 0; hour < STATS_HOURS_MAX + 10; hour += 1) {
    stats.add(counted({ atMs: hour * 3_600_000 }));
  }
  expect(stats.hours.size).toBe(STATS_HOURS_MAX);
  expect(stats.untimed).toBeGreaterThan(0);
  stats.add(counted({ atMs: Number.NaN }));
  expect(stats.all.calls).toBe(STATS_NAMES_MAX + STATS_HOURS_MAX + 21);
});
