import { followLog } from '../audit/follow.js';
import { createJoiner, type Row } from '../audit/join.js';
import { shownJson } from '../audit/json-text.js';
import type { LogEntry } from '../audit/line-cutter.js';
import { type OpenLog, openLog, readLogBackwards } from '../audit/reader.js';
import { linesOf, rowMatches, seenRecord } from '../audit/seen.js';
import { type LookBack, readSegmentsBackwards } from '../audit/segments-backwards.js';
import { listSegments } from '../audit/segments.js';
import { REQUEST_TIMEOUT_MS, TAIL_JOIN_MS, TAIL_OPEN_CALLS_MAX } from '../platform/bounds.js';
import type { Clock } from '../platform/clock.js';
import { createDiagnostics, type Diagnostics } from '../platform/diagnostics.js';
import { EXIT_CODES, GuardError } from '../platform/errors.js';
import type { Run } from './command.js';
import { readHistory } from './tail-history.js';
import { createLineFormat } from './tail-line.js';
import { type LineOutput, openLineOutput } from './tail-output.js';
import { readTailRequest, type TailRequest } from './tail-request.js';
import { cellsOf } from './tail-row.js';

/** Shows the last calls of the audit log, then new ones until it is stopped or its reader leaves. */
export const run: Run = async (input, tools) => {
  const request = await readTailRequest(input, tools);
  const { stdout, stderr, clock } = tools;
  const width = stdout.isTTY ? stdout.columns || TERMINAL_COLUMNS : undefined;
  const output = openLineOutput(stdout, tools.signal);
  const view: View = {
    request,
    output,
    clock,
    diagnostics: createDiagnostics((line) => void stderr.write(line)),
    show: request.json ? jsonOf : lineOf(createLineFormat({ colors: request.colors, width })),
  };
  try {
    await showLog(view);
  } finally {
    await output.close();
  }
  return EXIT_CODES.ok;
};

/** What a terminal is taken for that does not say how wide it is. */
const TERMINAL_COLUMNS = 80;

/** What the steps below share. */
interface View {
  readonly request: TailRequest;
  readonly output: LineOutput;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  /** The text of a row, with its final line feed. */
  readonly show: (row: Row) => string;
}

async function showLog(view: View): Promise<void> {
  const { path, follow } = view.request;
  const log = await openLog(path);
  if (log === undefined && !follow && (await listSegments(path)).length === 0) {
    const hint = 'name the file with --audit, or run a server through guard first';
    throw new GuardError('audit-unreadable', `there is no audit log at ${path}`, { hint });
  }
  let open: readonly Row[];
  let offset = 0;
  try {
    const reading = log === undefined ? undefined : await readLogBackwards(log, path);
    offset = reading?.end ?? 0;
    open = await showHistory(view, log === undefined || reading === undefined ? undefined : { log, reading });
  } catch (error) {
    await log?.handle.close();
    throw error;
  }
  if (follow) return followFrom(view, log === undefined ? undefined : { log, offset }, open);
  await log?.handle.close();
}

/** Shows earlier calls; returns those that are still open. */
async function showHistory(view: View, current: LookBack['current']): Promise<readonly Row[]> {
  const { request, output, diagnostics } = view;
  const batches = readSegmentsBackwards({
    path: request.path,
    current,
    sinceMs: request.sinceMs,
    note: (text) => diagnostics.note(text),
  });
  const { rows, open } = await readHistory(batches, request, output.signal, (entry, file) =>
    report(view, entry, file),
  );
  await print(
    view,
    rows.map((row) => stillOpen(row, view)),
  );
  return open;
}

async function followFrom(
  view: View,
  start: { readonly log: OpenLog; readonly offset: number } | undefined,
  open: readonly Row[],
): Promise<void> {
  const { request, output, clock, diagnostics } = view;
  const joiner = createJoiner({ openMax: TAIL_OPEN_CALLS_MAX, holdMs: request.json ? 0 : TAIL_JOIN_MS });
  for (const row of open) if (row.kind === 'unanswered') joiner.adopt(row.decision);
  const entries = followLog({
    path: request.path,
    ...(start === undefined ? {} : { start }),
    signal: output.signal,
    clock,
    note: (text) => diagnostics.repeated('follow', text),
  });
  for await (const batch of entries) {
    const nowMs = clock.monotonicMs();
    const rows: Row[] = [];
    for (const entry of batch) {
      if (entry.kind === 'trouble') {
        report(view, entry);
        continue;
      }
      const seen = seenRecord(entry.record, entry.text, request.filter, request.json);
      if (seen !== undefined) rows.push(...joiner.push(seen, nowMs));
    }
    rows.push(...joiner.expire(nowMs));
    await print(
      view,
      rows.filter((row) => rowMatches(row, request.filter)),
    );
  }
  // The person stopped the view: what was held back is shown as far as it is known.
  await print(
    view,
    joiner.flush().filter((row) => rowMatches(row, request.filter)),
    true,
  );
}

async function print({ output, show }: View, rows: readonly Row[], last = false): Promise<void> {
  const text = rows.map(show).join('');
  await (last ? output.finish(text) : output.write(text));
}

/** In a live view a recent call without an outcome is one that may still get it. */
function stillOpen(row: Row, { request, clock }: View): Row {
  if (row.kind !== 'unanswered' || !request.follow) return row;
  const ageMs = clock.wallMs() - Date.parse(row.decision.record.ts);
  return ageMs < REQUEST_TIMEOUT_MS ? { kind: 'pending', decision: row.decision } : row;
}

function report({ request, diagnostics }: View, entry: LogEntry, file = request.path): void {
  if (entry.kind !== 'trouble') return;
  const { line, offset } = entry.place;
  const place = line === undefined ? `byte ${offset}` : `line ${line} (byte ${offset})`;
  diagnostics.repeated(entry.trouble, `${file}, ${place}: ${entry.trouble}: ${entry.detail}`);
}

function jsonOf(row: Row): string {
  return linesOf(row)
    .map((line) => `${shownJson(line)}\n`)
    .join('');
}

function lineOf(format: ReturnType<typeof createLineFormat>): (row: Row) => string {
  return (row) => `${format(cellsOf(row))}\n`;
}
