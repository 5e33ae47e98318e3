import { STATS_HOURS_MAX, STATS_NAMES_MAX } from '../platform/bounds.js';
import { bucketOf, LatencyHistogram } from './latency-histogram.js';

/** What statistics keep of a call. */
export interface CountedCall {
  /**
   * Of its decision, or of an outcome that has none: wall-clock milliseconds since 1970; NaN where the
   * record has no time.
   */
  readonly atMs: number;
  readonly server: string;
  readonly agent: string;
  readonly tool: string | null;
  readonly rule: string | null;
  /** Undefined for an outcome whose decision is not in the log. */
  readonly decision: string | undefined;
  /** Undefined for a call without an outcome. */
  readonly result: string | undefined;
  readonly latencyMs: number | undefined;
}

/** What takes calls, and records that are none, to count them. */
export interface CallCounter {
  add(call: CountedCall): void;
  addOther(type: string): void;
}

/** What calls are grouped by. */
export const GROUPS = ['server', 'agent', 'tool', 'rule', 'hour', 'day'] as const;
export type GroupBy = (typeof GROUPS)[number];

/** Calls that have something in common. */
export class CallGroup {
  calls = 0;
  /** Those that guard stopped: denied or over a limit. */
  denied = 0;
  /** Those that went to the server and did not end well. */
  failed = 0;
  readonly latency = new LatencyHistogram();

  add({ isDenied, isFailed, latencyMs, bucket }: CallEnd): void {
    this.calls += 1;
    if (isDenied) this.denied += 1;
    else if (isFailed) this.failed += 1;
    if (latencyMs !== undefined) this.latency.addTo(bucket, latencyMs);
  }
}

/** How a call ended, as all of its groups count it. */
export interface CallEnd {
  readonly isDenied: boolean;
  readonly isFailed: boolean;
  readonly latencyMs: number | undefined;
  /** That of its time in a LatencyHistogram. */
  readonly bucket: number;
}

export function endOf({ decision, result, latencyMs }: CountedCall): CallEnd {
  return {
    isDenied: decision !== undefined && STOPPED.has(decision),
    isFailed: result !== undefined && !FINE.has(result),
    latencyMs,
    bucket: latencyMs === undefined ? -1 : bucketOf(latencyMs),
  };
}

const STOPPED: ReadonlySet<string> = new Set(['deny', 'limit']);
const FINE: ReadonlySet<string> = new Set(['ok', 'input-required', 'denied', 'dry-run']);

/** What is beyond STATS_NAMES_MAX names stands under this one, which no name of a server or tool is. */
export const OTHERS = '(others)';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** Calls counted in every way that is shown. Its memory is bounded by names and hours, not by calls. */
export class CallStats implements CallCounter {
  readonly all = new CallGroup();
  readonly decisions = new Map<string, number>();
  readonly results = new Map<string, number>();
  readonly others = new Map<string, number>();
  readonly groups: Readonly<Record<'server' | 'agent' | 'tool' | 'rule', Map<string, CallGroup>>> = {
    server: new Map(),
    agent: new Map(),
    tool: new Map(),
    rule: new Map(),
  };
  /** By hours of local time since 1970. */
  readonly hours = new Map<number, CallGroup>();
  firstMs = Number.POSITIVE_INFINITY;
  lastMs = Number.NEGATIVE_INFINITY;
  /** Calls that stand in no hour: without a time, or beyond STATS_HOURS_MAX hours. */
  untimed = 0;
  #offset = { hour: Number.NaN, ms: 0 };

  add(call: CountedCall): void {
    bump(this.decisions, call.decision ?? 'unknown');
    bump(this.results, call.result ?? 'none');
    const end = endOf(call);
    this.all.add(end);
    groupOf(this.groups.server, call.server).add(end);
    groupOf(this.groups.agent, call.agent).add(end);
    if (call.tool !== null) groupOf(this.groups.tool, call.tool).add(end);
    if (call.rule !== null) groupOf(this.groups.rule, call.rule).add(end);
    this.#addToHour(call.atMs, end);
  }

  addOther(type: string): void {
    bump(this.others, type);
  }

  #addToHour(atMs: number, end: CallEnd): void {
    if (Number.isNaN(atMs)) {
      this.untimed += 1;
      return;
    }
    if (atMs < this.firstMs) this.firstMs = atMs;
    if (atMs > this.lastMs) this.lastMs = atMs;
    const hour = this.#localHour(atMs);
    let group = this.hours.get(hour);
    if (group === undefined) {
      if (this.hours.size >= STATS_HOURS_MAX) {
        this.untimed += 1;
        return;
      }
      group = new CallGroup();
      this.hours.set(hour, group);
    }
    group.add(end);
  }

  /** Zones change at most once in a quarter of an hour, and begin at one. */
  #localHour(atMs: number): number {
    const quarter = Math.floor(atMs / (15 * MINUTE_MS));
    if (quarter !== this.#offset.hour) {
      this.#offset = { hour: quarter, ms: new Date(atMs).getTimezoneOffset() * MINUTE_MS };
    }
    return Math.floor((atMs - this.#offset.ms) / HOUR_MS);
  }
}

function groupOf(groups: Map<string, CallGroup>, name: string): CallGroup {
  const known = groups.get(name);
  if (known !== undefined) return known;
  const key = groups.size >= STATS_NAMES_MAX ? OTHERS : name;
  const group = groups.get(key) ?? new CallGroup();
  groups.set(key, group);
  return group;
}

/** Decisions, results and types are few, unless somebody made them up. */
function bump(counts: Map<string, number>, name: string): void {
  const key = counts.has(name) || counts.size < STATS_NAMES_MAX ? name : OTHERS;
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
