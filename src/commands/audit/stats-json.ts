import type { CallStats, GroupBy } from '../../audit/call-stats.js';
import { namedGroups } from './stats-rows.js';

/** The numbers as a value for JSON; with `by`, only that table beside the sums. Times are in milliseconds. */
export function statsJson(stats: CallStats, by: GroupBy | undefined): object {
  const { all } = stats;
  const sums = {
    from: timeText(stats.firstMs),
    to: timeText(stats.lastMs),
    calls: all.calls,
    denied: all.denied,
    failed: all.failed,
    decisions: Object.fromEntries(stats.decisions),
    results: Object.fromEntries(stats.results),
    other_records: Object.fromEntries(stats.others),
    latency: {
      p50: all.latency.quantile(0.5),
      p95: all.latency.quantile(0.95),
      p99: all.latency.quantile(0.99),
      max: all.latency.count === 0 ? null : all.latency.max,
    },
  };
  if (by !== undefined) return { ...sums, [`by_${by}`]: namedGroups(stats, by) };
  return {
    ...sums,
    by_server: namedGroups(stats, 'server'),
    by_agent: namedGroups(stats, 'agent'),
    by_tool: namedGroups(stats, 'tool'),
    by_rule: namedGroups(stats, 'rule'),
    by_hour: namedGroups(stats, 'hour'),
  };
}

function timeText(ms: number): string | null {
  return Number.isFinite(ms) ? new Date(ms).toISOString() : null;
}
