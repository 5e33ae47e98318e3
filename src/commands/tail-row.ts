import type { Row } from '../audit/join.js';
import { approvalText } from './approval-detail.js';
import type {
  DecisionRecord,
  EventRecord,
  OutcomeRecord,
  RefusalRecord,
  SessionRecord,
} from '../audit/record.js';

/** How a row is meant, for its color. */
export type Tone = 'allow' | 'relay' | 'deny' | 'dry-run' | 'approval' | 'failure' | 'refusal' | 'event';

/** A row as text by column; nothing is printable yet. */
export interface RowCells {
  readonly tone: Tone;
  readonly ts: string;
  readonly verdict: string;
  readonly server: string;
  /** The tool, or the method and what it names. */
  readonly what: string;
  readonly agent: string;
  readonly latency: string;
  readonly size: string;
  /** Rule, reason and whatever else there is to say. */
  readonly detail: string;
}

/** What a row says, column by column. */
export function cellsOf(row: Row): RowCells {
  switch (row.kind) {
    case 'call':
      return callCells(row.decision.record, row.outcome.record);
    case 'late':
      return { ...callCells(row.decision.record, row.outcome.record), ts: row.outcome.record.ts, size: '' };
    case 'pending':
      return { ...callCells(row.decision.record, undefined), latency: 'pending' };
    case 'unanswered': {
      const cells = callCells(row.decision.record, undefined);
      return { ...cells, detail: joined([cells.detail, 'no answer recorded']) };
    }
    case 'outcome':
      return outcomeCells(row.outcome.record);
    case 'other':
      break;
  }
  return otherCells(row.record.record);
}

/** Bytes for people: `312 B`, `4.1 kB`, `2.0 MB`. */
function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** Milliseconds for people: `0.8 ms`, `12 ms`, `3.4 s`, `5 min`. */
export function latencyText(milliseconds: number): string {
  if (milliseconds < 10) return `${milliseconds.toFixed(1)} ms`;
  if (milliseconds < 1000) return `${milliseconds.toFixed(0)} ms`;
  return milliseconds < 100_000
    ? `${(milliseconds / 1000).toFixed(1)} s`
    : `${(milliseconds / 60_000).toFixed(0)} min`;
}

function callCells(decision: DecisionRecord, outcome: OutcomeRecord | undefined): RowCells {
  const { tool, method, target } = decision;
  const [tone, verdict] = verdictOf(decision, outcome);
  return {
    tone,
    verdict,
    ts: decision.ts,
    server: decision.upstream,
    what: tool ?? (target === null ? method : `${method} (${target})`),
    agent: decision.agent ?? '-',
    latency: outcome === undefined ? '-' : latencyText(outcome.latency_ms),
    size: sizeText(decision.arg_size),
    detail: joined([
      ruleText(decision),
      decision.would === undefined ? '' : `would ${SHORT[decision.would] ?? decision.would}`,
      approvalText(decision.approval),
      outcome === undefined ? '' : resultText(outcome, verdict),
      decision.uncertain === undefined ? '' : `uncertain: ${decision.uncertain.join('; ')}`,
    ]),
  };
}

/** A call that was let through is called by what came of it, where that was not plainly a result. */
function verdictOf(decision: DecisionRecord, outcome: OutcomeRecord | undefined): readonly [Tone, string] {
  const { decision: name, enforced } = decision;
  if (!enforced && name !== 'allow' && name !== 'relay') return ['approval', `would ${SHORT[name] ?? name}`];
  switch (name) {
    case 'allow':
    case 'relay':
      if (outcome !== undefined && outcome.result !== 'ok') return ['failure', outcome.result];
      return [name, name];
    case 'dry_run':
      return ['dry-run', 'dry-run'];
    case 'require_approval':
      return ['approval', 'approval'];
    case 'deny':
    case 'limit':
      return ['deny', name];
    default:
      // A newer guard may know more decisions.
      return ['event', String(name)];
  }
}

const SHORT: Readonly<Record<string, string>> = { require_approval: 'ask', dry_run: 'dry-run' };

function ruleText({ rule, layer, reason }: DecisionRecord): string {
  const place = joined([layer ?? '', rule ?? ''], '/');
  const says = reason === null || reason === 'rule' || reason === rule ? '' : reason;
  return joined([place, says], ': ');
}

function resultText({ result, error_code: code }: OutcomeRecord, verdict: string): string {
  if (code !== undefined) return `${result} ${code}`;
  // What guard answered itself is already in the verdict.
  return [verdict, 'ok', 'denied', 'dry-run'].includes(result) ? '' : result;
}

function outcomeCells(outcome: OutcomeRecord): RowCells {
  return {
    tone: outcome.result === 'ok' ? 'relay' : 'failure',
    verdict: outcome.result,
    ts: outcome.ts,
    server: outcome.upstream,
    what: outcome.tool ?? outcome.method,
    agent: outcome.agent ?? '-',
    latency: latencyText(outcome.latency_ms),
    size: '',
    detail: joined([
      'the decision stands before the start of this log',
      outcome.error_code === undefined ? '' : `error ${outcome.error_code}`,
    ]),
  };
}

function otherCells(record: SessionRecord | RefusalRecord | EventRecord): RowCells {
  const base = { ts: record.ts, server: record.upstream, agent: record.agent ?? '-', latency: '-', size: '' };
  if (record.type === 'session') {
    const detail = `guard ${record.guard_version}, pid ${record.pid}, ${record.mode}`;
    return { ...base, tone: 'event', verdict: 'session', what: record.command, detail };
  }
  if (record.type === 'event') {
    return {
      ...base,
      tone: 'event',
      verdict: 'event',
      what: record.event,
      detail: JSON.stringify(record.detail),
    };
  }
  return {
    ...base,
    tone: 'refusal',
    verdict: 'refused',
    what: record.method ?? record.direction,
    size: sizeText(record.size),
    detail: joined([record.reason, record.detail], ': '),
  };
}

function joined(parts: readonly string[], separator = ', '): string {
  return parts.filter((part) => part !== '').join(separator);
}
