import { expect, test } from 'vitest';
import { CallStats, type CountedRecord, OTHERS } from '../../src/audit/call-stats.js';
import { STATS_HOURS_MAX, STATS_NAMES_MAX } from '../../src/platform/bounds.js';
import { verifies } from '../requirements.js';

verifies('audit:stats');

function counted(more: Partial<CountedRecord> = {}): CountedRecord {
  return {
    type: 'decision',
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

function outcome(result: string, latencyMs: number): CountedRecord {
  return counted({ type: 'outcome', decision: undefined, rule: null, result, latencyMs });
}

test('calls are counted by what was decided and how they ended', () => {
  const stats = new CallStats();
  stats.add({ kind: 'call', decision: counted(), outcome: outcome('ok', 10) });
  stats.add({
    kind: 'call',
    decision: counted({ decision: 'deny', tool: null }),
    outcome: outcome('denied', 1),
  });
  stats.add({ kind: 'call', decision: counted({ decision: 'limit' }), outcome: outcome('denied', 1) });
  stats.add({ kind: 'call', decision: counted(), outcome: outcome('tool-error', 20) });
  stats.add({ kind: 'unanswered', decision: counted({ agent: 'other' }) });
  stats.add({ kind: 'outcome', outcome: outcome('timeout', 30) });
  stats.add({ kind: 'other', record: counted({ type: 'refusal' }) });
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
    stats.add({ kind: 'unanswered', decision: counted({ tool: `t${index}`, decision: `d${index}` }) });
  }
  expect(stats.groups.tool.size).toBe(STATS_NAMES_MAX + 1);
  expect(stats.groups.tool.get(OTHERS)?.calls).toBe(10);
  expect(stats.decisions.get(OTHERS)).toBe(10);
  for (let hour = 0; hour < STATS_HOURS_MAX + 10; hour += 1) {
    stats.add({ kind: 'unanswered', decision: counted({ atMs: hour * 3_600_000 }) });
  }
  expect(stats.hours.size).toBe(STATS_HOURS_MAX);
  expect(stats.untimed).toBeGreaterThan(0);
  stats.add({ kind: 'unanswered', decision: counted({ atMs: Number.NaN }) });
  expect(stats.all.calls).toBe(STATS_NAMES_MAX + STATS_HOURS_MAX + 21);
});
