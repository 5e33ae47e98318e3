import type { Stats } from '../../contract/audit.js';

/** Bars that a chart has at most; more buckets of the log are counted together. */
const BARS = 60;

/** What one bar of the chart of calls stands for. */
export interface Bar {
  readonly from: string;
  readonly passed: number;
  readonly denied: number;
  readonly failed: number;
  /** Milliseconds; of several buckets the largest, as percentiles cannot be added. */
  readonly p50: number | null;
  readonly p95: number | null;
}

/** The buckets of the log as bars of one width, those without calls included. */
export function barsOf({ over_time: buckets, bucket_ms: bucketMs }: Stats): Bar[] {
  const first = buckets[0];
  const last = buckets.at(-1);
  if (first === undefined || last === undefined || bucketMs <= 0) return [];
  const startMs = Date.parse(first.from);
  const all = Math.round((Date.parse(last.from) - startMs) / bucketMs) + 1;
  const each = Math.max(1, Math.ceil(all / BARS));
  const bars: Bar[] = Array.from({ length: Math.ceil(all / each) }, (_none, index) => ({
    from: new Date(startMs + index * each * bucketMs).toISOString(),
    passed: 0,
    denied: 0,
    failed: 0,
    p50: null,
    p95: null,
  }));
  for (const bucket of buckets) {
    const at = Math.floor(Math.round((Date.parse(bucket.from) - startMs) / bucketMs) / each);
    const bar = bars[at];
    if (bar === undefined) continue;
    bars[at] = {
      from: bar.from,
      passed: bar.passed + Math.max(0, bucket.calls - bucket.denied - bucket.failed),
      denied: bar.denied + bucket.denied,
      failed: bar.failed + bucket.failed,
      p50: larger(bar.p50, bucket.latency_ms.p50),
      p95: larger(bar.p95, bucket.latency_ms.p95),
    };
  }
  return bars;
}

/** The upper end of an axis: the next of 1, 2, 5, 10, 20, 50, … */
export function axisEnd(value: number): number {
  if (value <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const times = [1, 2, 5, 10].find((step) => step * power >= value) ?? 10;
  return times * power;
}

/** The points of a line in a chart of `width` by `height`; null values break it. */
export function linePath(
  values: readonly (number | null)[],
  top: number,
  width: number,
  height: number,
): string {
  const step = width / Math.max(1, values.length);
  let pen = 'M';
  const parts: string[] = [];
  for (const [index, value] of values.entries()) {
    if (value === null) {
      pen = 'M';
      continue;
    }
    const x = round((index + 0.5) * step);
    const y = round(height - (Math.min(value, top) / top) * height);
    // A point without neighbours is a dot.
    parts.push(`${pen}${x} ${y}`, `L${x} ${y}`);
    pen = 'L';
  }
  return parts.join(' ');
}

function larger(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return Math.max(one, other);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
