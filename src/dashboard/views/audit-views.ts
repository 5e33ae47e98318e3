import type * as z from 'zod/mini';
import { csvRow, CSV_HEAD } from '../../audit/csv.js';
import { joinedCall } from '../../audit/joined-call.js';
import { shownJson } from '../../audit/json-text.js';
import { DASHBOARD_PAGE_ENTRIES, DASHBOARD_PAGE_ENTRIES_MAX } from '../../platform/bounds.js';
import type { Clock } from '../../platform/clock.js';
import { isJsonObject, type JsonObject, parseJson } from '../../platform/json.js';
import { once } from 'node:events';
import type { AuditDetail, AuditEntry, auditQuery, exportQuery } from '../contract/audit.js';
import { Stop } from '../http/reply.js';
import type { DashboardSource } from '../source.js';
import { entryOf, entryOfCall, readEntryId } from './entry.js';
import { explainRecord } from './explain-record.js';
import { filterSpecOf } from './filter-query.js';
import type { Ask } from './handlers.js';
import type { Scans } from './scans.js';

export interface AuditParts {
  readonly scans: Scans;
  readonly source: DashboardSource;
  readonly clock: Clock;
}

/** A page of a search, newest first. The cursor is the last entry of the page before. */
export async function searchAudit(
  { reply, query }: Ask<z.infer<typeof auditQuery>>,
  { scans, clock }: AuditParts,
): Promise<void> {
  const { limit: limitText, cursor, ...filters } = query;
  const limit = limitText === undefined ? DASHBOARD_PAGE_ENTRIES : Number(limitText);
  if (limit < 1 || limit > DASHBOARD_PAGE_ENTRIES_MAX) {
    throw new Stop('bad-request', `limit: expected 1 to ${DASHBOARD_PAGE_ENTRIES_MAX}`);
  }
  const spec = filterSpecOf(filters, clock.wallMs());
  const after = cursor === undefined ? undefined : readEntryId(cursor);
  if (cursor !== undefined && after === undefined)
    throw new Stop('bad-request', 'cursor: expected that of a page');
  // Times are labels, so a little more is read than lies before the cursor.
  const bound = after?.atMs === undefined ? Number.POSITIVE_INFINITY : after.atMs + SLACK_MS;
  const untilMs = Math.min(bound, spec.untilMs ?? Number.POSITIVE_INFINITY);
  const entries: AuditEntry[] = [];
  let isBehind = after === undefined;
  const { complete, troubles } = await scans.calls<string>(
    {
      spec: Number.isFinite(untilMs) ? { ...spec, untilMs } : spec,
      reverse: true,
      enough: () => entries.length > limit,
    },
    (line) => line.text(),
    (call) => {
      if (entries.length > limit) return;
      const entry = entryOfCall(call);
      if (isBehind) entries.push(entry);
      else isBehind = entry.id === cursor;
    },
  );
  const page = entries.slice(0, limit);
  const last = page.at(-1);
  const next = last !== undefined && (entries.length > limit || !complete) ? last.id : null;
  reply.json({ entries: page, next, complete, troubles });
}

/** Every call that a search finds, oldest first, as fast as the reader takes it. */
export async function exportAudit(
  { reply, query }: Ask<z.infer<typeof exportQuery>>,
  { scans, clock }: AuditParts,
): Promise<void> {
  const { format = 'jsonl', ...filters } = query;
  const isCsv = format === 'csv';
  const spec = filterSpecOf(filters, clock.wallMs());
  let rows: string[] = isCsv ? [CSV_HEAD] : [];
  let response: ReturnType<typeof reply.begin> | undefined;
  const flush = async (): Promise<boolean> => {
    // Not before the log could be opened: an error still has a status of its own.
    response ??= reply.begin(isCsv ? 'text/csv; charset=utf-8' : 'application/jsonl; charset=utf-8', {
      'Content-Disposition': `attachment; filename="guard-audit.${format}"`,
    });
    if (rows.length > 0 && !response.write(rows.join(''))) {
      await Promise.race([once(response, 'drain'), once(response, 'close')]);
    }
    rows = [];
    return response.destroyed;
  };
  const { complete } = await scans.calls<string>(
    { spec, reverse: false, enough: flush, isLong: true },
    (line) => line.text(),
    (call) => {
      const joined = joinedCall(call);
      rows.push(isCsv ? csvRow(joined) : `${shownJson(JSON.stringify(joined))}\n`);
    },
  );
  await flush();
  // What breaks off is not taken for whole.
  if (complete) response?.end();
  else response?.destroy();
}

/** One call: all its records, and its decision explained. */
export async function oneAudit({ reply, id }: Ask, parts: AuditParts): Promise<void> {
  const wanted = readEntryId(id);
  if (wanted === undefined) throw new Stop('not-found', 'there is no such record');
  const first = await findRecord(wanted, parts.scans);
  if (first === undefined) throw new Stop('not-found', 'there is no such record; it may have been pruned');
  const records = await recordsOfCall(first, parts.scans);
  const decision = records.findLast((record) => record['type'] === 'decision');
  const outcome = records.find((record) => record['type'] === 'outcome');
  const half = decision ?? outcome;
  const entry: AuditEntry =
    half === undefined
      ? entryOf(first)
      : entryOfCall(
          decision !== undefined && outcome !== undefined
            ? { kind: 'call', decision: JSON.stringify(decision), outcome: JSON.stringify(outcome) }
            : decision !== undefined
              ? { kind: 'unanswered', decision: JSON.stringify(decision) }
              : { kind: 'outcome', outcome: JSON.stringify(outcome) },
        );
  const detail: AuditDetail = {
    entry: { ...entry, id },
    records,
    explained: explainRecord(decision ?? first, outcome, parts.source),
  };
  reply.json(detail);
}

async function findRecord(
  { writer, seq, atMs }: NonNullable<ReturnType<typeof readEntryId>>,
  scans: Scans,
): Promise<JsonObject | undefined> {
  let found: JsonObject | undefined;
  const time = atMs === undefined ? {} : { sinceMs: atMs, untilMs: atMs + 1 };
  await scans.records({ spec: time, reverse: true, enough: () => found !== undefined }, (line) => {
    if (found !== undefined || line.view.writer !== writer) return;
    const record = recordIn(line.text());
    if (record?.['seq'] === seq) found = record;
  });
  return found;
}

/** How far the times of writers may lie apart in one file. */
const SLACK_MS = 60_000;

/** A call may be open for so long; beyond it, an outcome is looked for no more. */
const CALL_MS = 2 * 60 * 60 * 1000;

async function recordsOfCall(first: JsonObject, scans: Scans): Promise<JsonObject[]> {
  const { writer, request_id: requestId, ts } = first;
  if (typeof requestId !== 'string' || typeof writer !== 'string') return [first];
  const atMs = typeof ts === 'string' ? Date.parse(ts) : Number.NaN;
  const time = Number.isNaN(atMs) ? {} : { sinceMs: atMs - CALL_MS, untilMs: atMs + CALL_MS };
  const records: JsonObject[] = [];
  await scans.records({ spec: time, reverse: true, enough: () => false }, (line) => {
    if (line.view.writer !== writer || line.view.request_id !== requestId) return;
    const record = recordIn(line.text());
    if (record !== undefined && records.length < RECORDS_MOST) records.unshift(record);
  });
  return records.length === 0 ? [first] : records;
}

/** A call has two decisions and an outcome; more is somebody's doing. */
const RECORDS_MOST = 20;

function recordIn(line: string): JsonObject | undefined {
  const value = parseJson(line);
  return isJsonObject(value) ? value : undefined;
}
