import { STATS_NAMES_MAX } from '../platform/bounds.js';
import type { Call } from './call-scan.js';
import type { CallCounter, CountedCall } from './call-stats.js';
import { flat } from './repeated-text.js';
import type { ScannedLine } from './scan-log.js';
import { createTimeReader } from './time-reader.js';

/** What statistics keep of a record: as much of a call as it says. */
export interface CountedRecord extends CountedCall {
  readonly type: string;
}

/** Counts a call, or a record that is none. */
export function countCall(call: Call<CountedRecord>, counter: CallCounter): void {
  switch (call.kind) {
    case 'call':
      return counter.add(joinCounted(call.decision, call.outcome));
    case 'unanswered':
      return counter.add(call.decision);
    case 'outcome':
      return counter.add(call.outcome);
    case 'other':
      break;
  }
  counter.addOther(call.record.type);
}

/** A decision with its outcome. */
export function joinCounted(decision: CountedCall, { result, latencyMs }: CountedCall): CountedCall {
  const { atMs, server, agent, tool, rule, decision: decided } = decision;
  return { atMs, server, agent, tool, rule, decision: decided, result, latencyMs };
}

/**
 * Makes of a line what statistics keep of it. Names repeat, so each is copied out of its block once;
 * of more than there is room for, the ones kept so far are forgotten.
 */
export function createRecordCounter(): (line: ScannedLine) => CountedRecord {
  const timeOf = createTimeReader();
  let names = new Map<string, string>();
  const own = (name: string): string => {
    const known = names.get(name);
    if (known !== undefined) return known;
    if (names.size >= NAMES) names = new Map();
    const copy = flat(name);
    names.set(copy, copy);
    return copy;
  };
  const ownOrNull = (name: string | null | undefined): string | null =>
    name === null || name === undefined ? null : own(name);
  const ownIfAny = (name: string | undefined): string | undefined =>
    name === undefined ? undefined : own(name);
  return ({ view }) => ({
    type: own(view.type),
    atMs: timeOf(view.ts),
    server: own(view.upstream),
    agent: own(view.agent ?? '-'),
    tool: ownOrNull(view.tool),
    rule: view.rule === null || view.rule === undefined ? null : own(`${view.layer ?? '-'}/${view.rule}`),
    decision: ownIfAny(view.decision),
    result: ownIfAny(view.result),
    latencyMs: view.latency_ms,
  });
}

const NAMES = 4 * STATS_NAMES_MAX;
