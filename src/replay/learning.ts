import type { AuditRecord, DecisionRecord, OutcomeRecord } from '../audit/record.js';
import {
  LEARN_REFUSED_MAX,
  LEARN_SUBJECTS_MAX,
  LEARN_VALUES_MAX,
  REPLAY_OPEN_CALLS_MAX,
} from '../platform/bounds.js';
import { callKey, readRecordedCall, type RecordedCall } from './recorded-call.js';
import type { Period } from './tally.js';
import {
  addTarget,
  isNameable,
  newSubject,
  type OpenSubject,
  type UsedSubject,
  usedSubject,
} from './used-subject.js';

/** Calls that were not allowed, by what they wanted and why they did not get it. */
export interface RefusedCalls {
  readonly server: string;
  readonly what: string;
  readonly decision: string;
  readonly rule: string | null;
  readonly reason: string;
  readonly count: number;
}

/** What a log shows of the use of servers. */
export interface Learned {
  readonly calls: number;
  /** Time of the latest record, wall-clock milliseconds; undefined where there was none. */
  readonly lastMs: number | undefined;
  readonly subjects: readonly UsedSubject[];
  /** Calls that no rule can name: their names were cut in the log, or are too long for a pattern. */
  readonly unnamed: number;
  /** Calls of further tools, beyond LEARN_SUBJECTS_MAX. */
  readonly further: number;
  readonly refused: readonly RefusedCalls[];
  readonly furtherRefused: number;
}

/** Learns from the records of a log, which come in its order. */
export interface Learning {
  push(record: AuditRecord): void;
  result(): Learned;
}

/** A learning that has seen nothing. Calls outside the period are passed over. */
export function createLearning({ sinceMs, untilMs }: Period): Learning {
  return new LogLearning(sinceMs ?? Number.NEGATIVE_INFINITY, untilMs ?? Number.POSITIVE_INFINITY);
}

class LogLearning implements Learning {
  readonly #sinceMs: number;
  readonly #untilMs: number;
  readonly #subjects = new Map<string, OpenSubject>();
  readonly #refused = new Map<string, RefusedCalls & { count: number }>();
  /** Calls that wait for a person. */
  readonly #held = new Map<string, RecordedCall>();
  #calls = 0;
  #lastMs: number | undefined;
  #unnamed = 0;
  #further = 0;
  #furtherRefused = 0;

  constructor(sinceMs: number, untilMs: number) {
    this.#sinceMs = sinceMs;
    this.#untilMs = untilMs;
  }

  push(record: AuditRecord): void {
    const atMs = Date.parse(record.ts);
    if (!(atMs >= this.#sinceMs && atMs < this.#untilMs)) return;
    this.#lastMs = Math.max(this.#lastMs ?? atMs, atMs);
    if (record.type === 'decision') this.#decide(record);
    else if (record.type === 'outcome') this.#end(record);
    else if (record.type === 'refusal') {
      this.#refuse(record.upstream, record.method ?? 'a line', 'refused', null, record.reason);
    }
  }

  result(): Learned {
    const subjects = [...this.#subjects.values()].map(usedSubject);
    return {
      calls: this.#calls,
      lastMs: this.#lastMs,
      subjects: subjects.toSorted((one, other) => compare(sortKey(one), sortKey(other))),
      unnamed: this.#unnamed,
      further: this.#further,
      refused: [...this.#refused.values()].toSorted((one, other) => other.count - one.count),
      furtherRefused: this.#furtherRefused,
    };
  }

  #decide(record: DecisionRecord): void {
    const read = readRecordedCall(record);
    if (read.kind === 'relayed') return;
    if (read.kind === 'set-aside') {
      this.#refuseRecord(record, record.decision, record.reason ?? read.why);
      return;
    }
    const { call } = read;
    this.#held.delete(call.key);
    const isForwarded = record.decision === 'allow' || !record.enforced;
    if (isForwarded) return this.#use(call);
    if (record.decision !== 'require_approval') {
      this.#refuseRecord(record, record.decision, record.reason ?? '');
      return;
    }
    this.#held.set(call.key, call);
    if (this.#held.size <= REPLAY_OPEN_CALLS_MAX) return;
    for (const oldest of this.#held.keys()) {
      this.#held.delete(oldest);
      return;
    }
  }

  /** A held call that nobody answered has an end and no second decision. */
  #end(record: OutcomeRecord): void {
    const key = callKey(record);
    const held = this.#held.get(key);
    if (held === undefined) return;
    this.#held.delete(key);
    this.#refuseRecord(held.record, 'require_approval', `not answered: ${record.result}`);
  }

  #use(call: RecordedCall): void {
    const { subject, record, gaps } = call;
    this.#calls += 1;
    const { server, method, tool } = subject;
    if (gaps.names.has('server') || gaps.names.has('method') || gaps.names.has('tool') || !isNameable(call)) {
      this.#unnamed += 1;
      return;
    }
    const key = JSON.stringify([server, method, tool ?? null]);
    const known = this.#subjects.get(key);
    if (known === undefined && this.#subjects.size >= LEARN_SUBJECTS_MAX) {
      this.#further += 1;
      return;
    }
    const open = known ?? newSubject(call);
    if (known === undefined) this.#subjects.set(key, open);
    open.calls += 1;
    open.lastTs = record.ts;
    if (record.approval !== null) open.approved += 1;
    if (!record.enforced) open.observed += 1;
    if (subject.agent !== undefined && open.agents.size <= LEARN_VALUES_MAX) open.agents.add(subject.agent);
    addTarget(open, call);
    if (gaps.arguments) return;
    open.logged += 1;
    if (tool !== undefined) open.watch.add(subject.input);
  }

  #refuseRecord(record: DecisionRecord, decision: string, reason: string): void {
    const { upstream, tool, target, method, rule, layer } = record;
    const what = tool ?? (target === null ? method : `${method} ${target}`);
    this.#refuse(upstream, what, decision, rule === null ? null : `${layer ?? '-'}/${rule}`, reason);
  }

  #refuse(server: string, what: string, decision: string, rule: string | null, reason: string): void {
    const key = JSON.stringify([server, what, decision, rule, reason]);
    const known = this.#refused.get(key);
    if (known !== undefined) known.count += 1;
    else if (this.#refused.size >= LEARN_REFUSED_MAX) this.#furtherRefused += 1;
    else this.#refused.set(key, { server, what, decision, rule, reason, count: 1 });
  }
}

function sortKey({ server, method, tool }: UsedSubject): string {
  return JSON.stringify([server, tool ?? '', method]);
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
