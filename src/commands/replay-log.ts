import { parseSince } from '../audit/since.js';
import type { AuditRecord } from '../audit/record.js';
import { readLog } from '../audit/reader.js';
import { openSegment } from '../audit/open-segment.js';
import { listSegments, type SegmentFile } from '../audit/segments.js';
import { REPLAY_FILES_MAX } from '../platform/bounds.js';
import { createDiagnostics } from '../platform/diagnostics.js';
import { GuardError } from '../platform/errors.js';
import type { Period } from '../replay/tally.js';
import { auditFileOf } from './audit-file.js';
import type { CommandInput, Tools } from './command.js';
import { textListOption, textOption } from './text-option.js';

/**
 * The files of the logs that `--audit` names, in their order, else of the log in its usual place: of each
 * those that were rotated first. Throws GuardError `usage` and `audit-unreadable`.
 */
export async function logFilesOf(
  input: CommandInput,
  tools: Pick<Tools, 'env' | 'cwd'>,
): Promise<readonly SegmentFile[]> {
  const named = textListOption(input, 'audit');
  if (named.length > REPLAY_FILES_MAX) {
    throw new GuardError('usage', `--audit may be given ${REPLAY_FILES_MAX} times, got ${named.length}`);
  }
  const logs = await Promise.all(
    (named.length === 0 ? [undefined] : named).map((file) => auditFileOf(file, tools)),
  );
  const files = await Promise.all(logs.map(filesOf));
  return files.flat();
}

async function filesOf(log: string): Promise<readonly SegmentFile[]> {
  const segments = await listSegments(log);
  if (segments.length > 0) return segments;
  throw new GuardError('audit-unreadable', `there is no audit log at ${log}`, {
    hint: 'name the file with --audit, or run a server through guard first',
  });
}

/** What `--since` and `--until` say. Throws GuardError `usage`. */
export function periodOf(input: CommandInput, { clock }: Pick<Tools, 'clock'>): Period {
  const [sinceMs, untilMs] = ['since', 'until'].map((name) => {
    const text = textOption(input, name);
    if (text === undefined) return undefined;
    const timeMs = parseSince(text, clock.wallMs());
    if (timeMs !== undefined) return timeMs;
    throw new GuardError('usage', `--${name}: expected a duration, a time or a date, got "${text}"`, {
      hint: 'use 10m, 2h, 7d, 14:30 or 2026-01-31T14:30:00Z',
    });
  });
  if (sinceMs !== undefined && untilMs !== undefined && sinceMs >= untilMs) {
    throw new GuardError('usage', '--since must be before --until');
  }
  return { sinceMs, untilMs };
}

/**
 * Hands every record of the files to `take`, in their order. Lines that are no records are told on
 * stderr and passed over, as is a file that was pruned since it was listed. Resolves with their number. Throws GuardError `audit-unreadable`.
 */
export async function replayFiles(
  files: readonly SegmentFile[],
  take: (record: AuditRecord) => void,
  { stderr, signal }: { readonly stderr: { write(text: string): unknown }; readonly signal: AbortSignal },
): Promise<number> {
  const diagnostics = createDiagnostics((line) => void stderr.write(line));
  let troubles = 0;
  for (const file of files) {
    const log = await openSegment(file);
    if (log === undefined) continue;
    for await (const batch of readLog(log, log.path, signal)) {
      for (const entry of batch) {
        if (entry.kind === 'record') {
          take(entry.record);
          continue;
        }
        troubles += 1;
        const { line, offset } = entry.place;
        diagnostics.repeated(
          entry.trouble,
          `${log.path}, line ${line ?? '?'} (byte ${offset}): ${entry.detail}`,
        );
      }
    }
    if (signal.aborted) throw new GuardError('audit-unreadable', 'stopped before the log was read');
  }
  return troubles;
}
