import { STATS_NAMES_MAX } from '../platform/bounds.js';
import type { CountedRecord } from './call-stats.js';
import { flat } from './repeated-text.js';
import type { ScannedLine } from './scan-log.js';
import { createTimeReader } from './time-reader.js';

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
