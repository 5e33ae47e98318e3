import { type Call, createCallScan } from '../../audit/call-scan.js';
import type { FilterSpec } from '../../audit/filter.js';
import { type ScannedLine, scanLog, type Trouble } from '../../audit/scan-log.js';
import { segmentsOfTime } from '../../audit/segment-times.js';
import { listSegments, type SegmentFile } from '../../audit/segments.js';
import { createDiagnostics, type Diagnostics } from '../../platform/diagnostics.js';
import { GuardError } from '../../platform/errors.js';
import { auditFileOf } from '../audit-file.js';
import { readCallFilter, toFilter } from '../call-filter.js';
import type { CommandInput, Tools } from '../command.js';
import { openProgress, type Progress } from '../progress.js';
import { onceTextOption, usageError } from '../text-option.js';

/** A log that is being read for a command. */
export interface LogReading {
  readonly spec: FilterSpec;
  readonly segments: readonly SegmentFile[];
  readonly progress: Progress;
  readonly onTrouble: (trouble: Trouble) => void;
  readonly onUnreadable: (error: GuardError) => void;
  /** False where a file could not be read: what was found is not all. */
  readonly isComplete: () => boolean;
}

/**
 * The log that the options name, all its files, and what is asked of it. Lines that are no records and
 * files that cannot be read are told of on stderr. Throws GuardError `usage`, and `audit-unreadable`
 * where there is no log.
 */
export async function openReading(input: CommandInput, tools: Tools, label: string): Promise<LogReading> {
  const { options } = input;
  if (input.args.length > 0) {
    throw usageError(
      `expected options only, got "${input.args.join(' ')}"`,
      'use --tool or --grep to filter',
    );
  }
  const spec = readCallFilter(options, tools.clock.wallMs());
  toFilter(spec);
  const segments = await segmentsFor(await auditFileOf(onceTextOption(options, 'audit'), tools), spec);
  const totalBytes = segments.reduce((sum, { size }) => sum + size, 0);
  const enabled = options['progress'] !== false;
  const progress = openProgress(tools.stderr, { label, totalBytes, enabled, clock: tools.clock });
  const diagnostics = createDiagnostics((line) => {
    progress.hide();
    tools.stderr.write(line);
  });
  let isComplete = true;
  return {
    spec,
    segments,
    progress,
    onTrouble: (trouble) => report(trouble, diagnostics),
    onUnreadable(error) {
      isComplete = false;
      diagnostics.note(`${error.message}${error.hint === undefined ? '' : ` (${error.hint})`}`);
    },
    isComplete: () => isComplete,
  };
}

/** What is done with the calls that are found. */
export interface CallsRequest<Kept> {
  readonly reverse: boolean;
  readonly keep: (line: ScannedLine) => Kept;
  readonly look?: (line: ScannedLine) => Kept;
  readonly onCall: (call: Call<Kept>) => void;
  /** After each block: what was found is written out. True where nothing more is wanted. */
  readonly afterBlock: () => Promise<boolean>;
}

/** Reads a log and hands over the calls that are asked for. */
export async function scanCalls<Kept>(reading: LogReading, request: CallsRequest<Kept>): Promise<void> {
  const { progress } = reading;
  const filter = toFilter(reading.spec);
  const scan = createCallScan<Kept>({ ...request, filter });
  const blocks = scanLog({
    ...reading,
    filter,
    reverse: request.reverse,
    onRecord: (line) => scan.push(line),
  });
  let isEnough = false;
  for await (const doneBytes of blocks) {
    scan.settle();
    progress.at(doneBytes);
    isEnough = await request.afterBlock();
    if (isEnough) break;
  }
  progress.hide();
  if (!isEnough) {
    scan.end();
    await request.afterBlock();
  }
}

async function segmentsFor(path: string, spec: FilterSpec): Promise<readonly SegmentFile[]> {
  const segments = await listSegments(path);
  if (segments.length > 0) return segmentsOfTime(segments, spec);
  throw new GuardError('audit-unreadable', `there is no audit log at ${path}`, {
    hint: 'name the file with --audit, or run a server through guard first',
  });
}

function report({ path, entry }: Trouble, diagnostics: Diagnostics): void {
  diagnostics.repeated(
    entry.trouble,
    `${path}, byte ${entry.place.offset}: ${entry.trouble}: ${entry.detail}`,
  );
}
