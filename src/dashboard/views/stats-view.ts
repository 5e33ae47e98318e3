import type * as z from 'zod/mini';
import { type CallCounter, CallGroup, CallStats, type CountedCall, endOf } from '../../audit/call-stats.js';
import { countCall, type CountedRecord, createRecordCounter } from '../../audit/counted-record.js';
import { DASHBOARD_TOP_MAX } from '../../platform/bounds.js';
import type { Clock } from '../../platform/clock.js';
import type { Stats, statsQuery } from '../contract/audit.js';
import type { FilterSpec } from '../../audit/filter.js';
import { Stop } from '../http/reply.js';
import type { CallCounts, Counted } from './call-counts.js';
import { filterSpecOf } from './filter-query.js';
import type { Ask } from './handlers.js';
import type { Scans } from './scans.js';

type Query = z.infer<typeof statsQuery>;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const TOP = 10;
/** The same question within this time gets the same answer: many pages ask at once. */
const FRESH_MS = 2000;
const ANSWERS_KEPT = 16;

/** Counts calls over time. Answers are kept for a moment. */
export class StatsView {
  readonly #scans: Scans;
  readonly #counts: CallCounts;
  readonly #clock: Clock;
  readonly #kept = new Map<string, { readonly untilMs: number; readonly answer: Promise<Stats> }>();

  constructor(scans: Scans, counts: CallCounts, clock: Clock) {
    this.#scans = scans;
    this.#counts = counts;
    this.#clock = clock;
  }

  async answer({ reply, query }: Ask<Query>): Promise<void> {
    const key = JSON.stringify(query);
    const nowMs = this.#clock.monotonicMs();
    let kept = this.#kept.get(key);
    if (kept === undefined || kept.untilMs < nowMs) {
      kept = { untilMs: nowMs + FRESH_MS, answer: this.#count(query) };
      this.#kept.delete(key);
      this.#kept.set(key, kept);
      // What failed is not kept; whoever waits for it is told below.
      kept.answer.catch(() => this.#kept.delete(key));
      for (const oldest of this.#kept.keys()) {
        if (this.#kept.size <= ANSWERS_KEPT) break;
        this.#kept.delete(oldest);
      }
    }
    const answer = await kept.answer;
    // There is more the next time.
    if (answer.counting !== null) this.#kept.delete(key);
    reply.json(answer);
  }

  async #count({ top: topText, ...filters }: Query): Promise<Stats> {
    const top = topText === undefined ? TOP : Number(topText);
    if (top < 1 || top > DASHBOARD_TOP_MAX) {
      throw new Stop('bad-request', `top: expected 1 to ${DASHBOARD_TOP_MAX}`);
    }
    const nowMs = this.#clock.wallMs();
    const asked = filterSpecOf(filters, nowMs);
    const sinceMs = asked.sinceMs ?? (asked.untilMs ?? nowMs) - DAY_MS;
    const spanMs = (asked.untilMs ?? nowMs) - sinceMs;
    if (spanMs <= 0) throw new Stop('bad-request', 'until: expected a time after since');
    const bucketMs = bucketOf(spanMs);
    const stats = new CallStats();
    const buckets = new Map<number, CallGroup>();
    const counter: CallCounter = {
      add(call) {
        stats.add(call);
        addToBucket(buckets, call, bucketMs);
      },
      addOther: (type) => stats.addOther(type),
    };
    const counted = await this.#take({ ...asked, sinceMs }, counter);
    return { ...statsOf(stats, buckets, bucketMs, top), ...counted };
  }

  /** Times are in the call index; for other filters records are read. */
  async #take(spec: FilterSpec, counter: CallCounter): Promise<Counted> {
    const { sinceMs, untilMs, ...filters } = spec;
    if (Object.keys(filters).length === 0) return this.#counts.count({ sinceMs, untilMs }, counter);
    const { complete } = await this.#scans.calls<CountedRecord>(
      { spec, reverse: false, enough: () => false },
      createRecordCounter(),
      (call) => countCall(call, counter),
    );
    return { complete, counting: null };
  }
}

/** At most about 250 spans for a chart. */
function bucketOf(spanMs: number): number {
  if (spanMs <= 2 * HOUR_MS) return MINUTE_MS;
  if (spanMs <= 2 * DAY_MS) return 15 * MINUTE_MS;
  return spanMs <= 10 * DAY_MS ? HOUR_MS : spanMs <= 200 * DAY_MS ? DAY_MS : 7 * DAY_MS;
}

function addToBucket(buckets: Map<number, CallGroup>, call: CountedCall, bucketMs: number): void {
  const { atMs } = call;
  if (Number.isNaN(atMs)) return;
  const bucket = Math.floor(atMs / bucketMs);
  let group = buckets.get(bucket);
  if (group === undefined) {
    // Times are labels: more spans than the question has are somebody's clock.
    if (buckets.size >= BUCKETS_MOST) return;
    group = new CallGroup();
    buckets.set(bucket, group);
  }
  group.add(endOf(call));
}

const BUCKETS_MOST = 2000;

function statsOf(
  stats: CallStats,
  buckets: ReadonlyMap<number, CallGroup>,
  bucketMs: number,
  top: number,
): Omit<Stats, keyof Counted> {
  const first = (groups: ReadonlyMap<string, CallGroup>): Stats['top']['tools'] =>
    [...groups]
      .toSorted(([oneName, one], [otherName, other]) =>
        one.calls === other.calls ? (oneName < otherName ? -1 : 1) : other.calls - one.calls,
      )
      .slice(0, top)
      .map(([name, group]) => ({ name, ...groupJson(group) }));
  return {
    from: timeText(stats.firstMs),
    to: timeText(stats.lastMs),
    all: groupJson(stats.all),
    decisions: Object.fromEntries(stats.decisions),
    results: Object.fromEntries(stats.results),
    over_time: [...buckets]
      .toSorted(([one], [other]) => one - other)
      .map(([bucket, group]) => ({ from: new Date(bucket * bucketMs).toISOString(), ...groupJson(group) })),
    bucket_ms: bucketMs,
    top: {
      tools: first(stats.groups.tool),
      agents: first(stats.groups.agent),
      servers: first(stats.groups.server),
      rules: first(stats.groups.rule),
    },
  };
}

function groupJson({ calls, denied, failed, latency }: CallGroup): Stats['all'] {
  return {
    calls,
    denied,
    failed,
    latency_ms: {
      p50: latency.quantile(0.5),
      p95: latency.quantile(0.95),
      p99: latency.quantile(0.99),
      max: latency.count === 0 ? null : latency.max,
    },
  };
}

function timeText(ms: number): string | null {
  return Number.isFinite(ms) ? new Date(ms).toISOString() : null;
}
