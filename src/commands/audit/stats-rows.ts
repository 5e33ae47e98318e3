import { type CallGroup, type CallStats, type GroupBy } from '../../audit/call-stats.js';

/** A group of calls under its name. */
export interface NamedGroup {
  readonly name: string;
  readonly calls: number;
  readonly denied: number;
  readonly failed: number;
  /** Milliseconds; null where no call was answered, and for days, which are sums of hours. */
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

/** The groups: hours and days in their order, others by their calls, most first, then by name. */
export function namedGroups(stats: CallStats, by: GroupBy): readonly NamedGroup[] {
  if (by === 'hour') return [...hoursInOrder(stats)].map(([hour, group]) => named(hourText(hour), group));
  if (by === 'day') return days(stats);
  return [...stats.groups[by]]
    .toSorted(([oneName, one], [otherName, other]) =>
      one.calls === other.calls ? (oneName < otherName ? -1 : 1) : other.calls - one.calls,
    )
    .map(([name, group]) => named(name, group));
}

/** Hours of local time since 1970, the first one first. */
export function hoursInOrder(stats: CallStats): readonly (readonly [number, CallGroup])[] {
  return [...stats.hours].toSorted(([one], [other]) => one - other);
}

/** An hour of local time since 1970 as `2026-01-31 14:00`. */
export function hourText(hour: number): string {
  // The hours are local ones already, so that they are written as if they were of UTC.
  const text = new Date(hour * 3_600_000).toISOString();
  return `${text.slice(0, text.indexOf('T'))} ${text.slice(text.indexOf('T') + 1, -8)}`;
}

function days(stats: CallStats): readonly NamedGroup[] {
  const found = new Map<string, { calls: number; denied: number; failed: number }>();
  for (const [hour, { calls, denied, failed }] of hoursInOrder(stats)) {
    const day = hourText(hour).split(' ')[0] ?? '';
    const sum = found.get(day) ?? { calls: 0, denied: 0, failed: 0 };
    found.set(day, {
      calls: sum.calls + calls,
      denied: sum.denied + denied,
      failed: sum.failed + failed,
    });
  }
  return [...found].map(([name, sum]) => ({ name, ...sum, p50: null, p95: null, p99: null }));
}

function named(name: string, { calls, denied, failed, latency }: CallGroup): NamedGroup {
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((part) => latency.quantile(part));
  return { name, calls, denied, failed, p50: p50 ?? null, p95: p95 ?? null, p99: p99 ?? null };
}
