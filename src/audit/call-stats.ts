import { STATS_HOURS_MAX, STATS_NAMES_MAX } from '../platform/bounds.js';
import type { Call } from './call-scan.js';
import { LatencyHistogram } from './latency-histogram.js';

/** What statistics keep of a record. */
export interface CountedRecord {
  readonly type: string;
  /** Wall-clock milliseconds since 1970; NaN where the record has no time. */
  readonly atMs: number;
  readonly server: string;
  readonly agent: string;
  readonly tool: string | null;
  readonly rule: string | null;
  readonly decision: string | undefined;
  readonly result: string | undefined;
  readonly latencyMs: number | undefined;
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

  add(decision: CountedRecord | undefined, outcome: CountedRecord | undefined): void {
    this.calls += 1;
    const isDenied = decision !== undefined && STOPPED.has(decision.decision ?? '');
    if (isDenied) this.denied += 1;
    else if (outcome !== undefined && !FINE.has(outcome.result ?? '')) this.failed += 1;
    if (outcome?.latencyMs !== undefined) this.latency.add(outcome.latencyMs);
  }
}

const STOPPED: ReadonlySet<string> = new Set(['deny', 'limit']);
const FINE: ReadonlySet<string> = new Set(['ok', 'input-required', 'denied', 'dry-run']);

/** What is beyond STATS_NAMES_MAX names stands under this one, which no name of a server or tool is. */
export const OTHERS = '(others)';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** Calls counted in every way that is shown. Its memory is bounded by names and hours, not by calls. */
export class CallStats {
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

  add(call: Call<CountedRecord>): void {
    if (call.kind === 'other') {
      bump(this.others, call.record.type);
      return;
    }
    const decision = call.kind === 'outcome' ? undefined : call.decision;
    const outcome = call.kind === 'unanswered' ? undefined : call.outcome;
    const record = decision ?? outcome;
    if (record === undefined) return;
    bump(this.decisions, decision?.decision ?? 'unknown');
    bump(this.results, outcome?.result ?? 'none');
    for (const group of this.#groupsOf(record)) group.add(decision, outcome);
  }

  *#groupsOf(record: CountedRecord): Generator<CallGroup> {
    yield this.all;
    yield groupOf(this.groups.server, record.server);
    yield groupOf(this.groups.agent, record.agent);
    if (record.tool !== null) yield groupOf(this.groups.tool, record.tool);
    if (record.rule !== null) yield groupOf(this.groups.rule, record.rule);
    const { atMs } = record;
    if (Number.isNaN(atMs)) {
      this.untimed += 1;
      return;
    }
    if (atMs < this.firstMs) this.firstMs = atMs;
    if (atMs > this.lastMs) this.lastMs = atMs;
    const hour = this.#localHour(atMs);
    const known = this.hours.get(hour);
    if (known !== undefined) yield known;
    else if (this.hours.size >= STATS_HOURS_MAX) this.untimed += 1;
    else {
      const group = new CallGroup();
      this.hours.set(hour, group);
      yield group;
    }
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
