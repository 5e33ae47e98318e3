import { createBackwardJoiner, type Row, type SeenRecord } from '../audit/join.js';
import type { LogEntry } from '../audit/line-cutter.js';
import { linesOf, rowMatches, seenRecord } from '../audit/seen.js';
import type { BackwardBatch } from '../audit/segments-backwards.js';
import { REQUEST_TIMEOUT_MS, TAIL_HISTORY_BYTES_MAX, TAIL_OPEN_CALLS_MAX } from '../platform/bounds.js';
import type { TailRequest } from './tail-request.js';

/** What stands in the log already. */
export interface History {
  /** The rows that were asked for, in the order of their decisions. */
  readonly rows: readonly Row[];
  /** Every call without an outcome among what was read, also those that were not asked for. */
  readonly open: readonly Row[];
}

/** Reads a log from its end until enough rows were found. Notes lines that are no records to `onTrouble`. */
export async function readHistory(
  batches: AsyncIterable<BackwardBatch>,
  request: TailRequest,
  signal: AbortSignal,
  onTrouble: (entry: LogEntry, file: string) => void,
): Promise<History> {
  const joiner = createBackwardJoiner(TAIL_OPEN_CALLS_MAX);
  const rows: Row[] = [];
  const open: Row[] = [];
  let bytesLeft = TAIL_HISTORY_BYTES_MAX;
  const isEnough = (): boolean => rows.length >= request.lines || bytesLeft <= 0 || signal.aborted;
  const add = (row: Row): void => {
    if (row.kind === 'unanswered' && open.length < TAIL_OPEN_CALLS_MAX) open.push(row);
    if (isEnough() || !rowMatches(row, request.filter)) return;
    rows.push(row);
    for (const line of linesOf(row)) bytesLeft -= line.length;
  };
  const take = (seen: SeenRecord | undefined): void => {
    if (seen === undefined) return;
    const row = joiner.push(seen);
    if (row !== undefined) add(row);
  };
  let reachedStart = !isEnough();
  if (!reachedStart) return { rows, open };
  for await (const { file, entries } of batches) {
    for (const entry of entries) {
      if (entry.kind === 'trouble') onTrouble(entry, file);
      else if (isTooOld(entry.record.ts, request.sinceMs)) reachedStart = false;
      else take(seenRecord(entry.record, entry.text, request.filter, request.json));
      if (isEnough()) reachedStart = false;
      if (!reachedStart) break;
    }
    if (!reachedStart) break;
  }
  if (reachedStart) for (const row of joiner.rest()) add(row);
  return { rows: rows.toReversed(), open: open.toReversed() };
}

/** Clocks jump and writers overlap, so that reading stops only well before the time that was asked for. */
function isTooOld(ts: string, sinceMs: number | undefined): boolean {
  return sinceMs !== undefined && Date.parse(ts) < sinceMs - REQUEST_TIMEOUT_MS;
}
