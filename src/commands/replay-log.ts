import { parseSince } from '../audit/since.js';
import type { AuditRecord } from '../audit/record.js';
import { readLog } from '../audit/reader.js';
import { listSegments } from '../audit/segments.js';
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
): Promise<readonly string[]> {
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

/** The log's own path where there is no file of it: reading it says what is missing. */
async function filesOf(log: string): Promise<readonly string[]> {
  const segments = await listSegments(log);
  return segments.length === 0 ? [log] : segments.map(({ path }) => path);
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
 * stderr and passed over. Resolves with their number. Throws GuardError `audit-unreadable`.
 */
export async function replayFiles(
  files: readonly string[],
  take: (record: AuditRecord) => void,
  { stderr, signal }: { readonly stderr: { write(text: string): unknown }; readonly signal: AbortSignal },
): Promise<number> {
  const diagnostics = createDiagnostics((line) => void stderr.write(line));
  let troubles = 0;
  for (const file of files) {
    for await (const batch of readLog(file, signal)) {
      for (const entry of batch) {
        if (entry.kind === 'record') {
          take(entry.record);
          continue;
        }
        troubles += 1;
        const { line, offset } = entry.place;
        diagnostics.repeated(entry.trouble, `${file}, line ${line ?? '?'} (byte ${offset}): ${entry.detail}`);
      }
    }
    if (signal.aborted) throw new GuardError('audit-unreadable', 'stopped before the log was read');
  }
  return troubles;
}
