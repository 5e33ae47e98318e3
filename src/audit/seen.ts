import type { Filter } from './filter.js';
import type { Row, Seen, SeenRecord } from './join.js';
import type { AuditRecord, CheckpointRecord } from './record.js';

/** What a view of calls can show: a checkpoint vouches for records and tells of no call. */
type ShownRecord = Exclude<AuditRecord, CheckpointRecord>;

/**
 * A record as a view keeps it: without the arguments or the response, which can be large. Undefined for
 * one that no view shows.
 */
export function seenRecord(
  record: AuditRecord,
  text: string,
  filter: Filter,
  keepText: boolean,
): SeenRecord | undefined {
  if (record.type === 'checkpoint') return undefined;
  const seen: Seen<ShownRecord> = {
    record: slim(record),
    found: filter.contains(text),
    text: keepText ? text : '',
  };
  return seen as SeenRecord;
}

/** True when the row is asked for: a call by its decision, and by the text of either of its records. */
export function rowMatches(row: Row, filter: Filter): boolean {
  const parts = partsOf(row);
  return parts[0] !== undefined && filter.matches(parts[0].record) && parts.some(({ found }) => found);
}

/** The lines of the records that the row adds to what was shown before. */
export function linesOf(row: Row): readonly string[] {
  return row.kind === 'late' ? [row.outcome.text] : partsOf(row).map(({ text }) => text);
}

function partsOf(row: Row): readonly Seen<AuditRecord>[] {
  switch (row.kind) {
    case 'call':
    case 'late':
      return [row.decision, row.outcome];
    case 'pending':
    case 'unanswered':
      return [row.decision];
    case 'outcome':
      return [row.outcome];
    case 'other':
      break;
  }
  return [row.record];
}

function slim(record: ShownRecord): ShownRecord {
  if (record.type === 'decision' && record.arguments !== undefined) {
    const { arguments: _, ...rest } = record;
    return rest;
  }
  if (record.type === 'outcome' && record.response !== undefined) {
    const { response: _, ...rest } = record;
    return rest;
  }
  return record;
}
