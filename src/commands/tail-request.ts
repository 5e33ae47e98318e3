import type { Filter } from '../audit/filter.js';
import { TAIL_LINES_MAX } from '../platform/bounds.js';
import { auditFileOf } from './audit-file.js';
import { readBasicFilter, toFilter } from './call-filter.js';
import { wantsColors } from './colors.js';
import type { CommandInput, Tools } from './command.js';
import { onceTextOption, usageError as usage } from './text-option.js';

/** What was asked of `guard tail`. */
export interface TailRequest {
  /** Absolute path of the log. */
  readonly path: string;
  /** Earlier rows to show first. */
  readonly lines: number;
  readonly follow: boolean;
  readonly json: boolean;
  readonly colors: boolean;
  readonly filter: Filter;
  /** Wall-clock milliseconds before which nothing is asked for. */
  readonly sinceMs: number | undefined;
}

const LINES_DEFAULT = 20;

/** Reads the words of the command line; throws GuardError `usage` for what is not as expected, and what auditFileOf throws. */
export async function readTailRequest(
  input: CommandInput,
  tools: Pick<Tools, 'env' | 'cwd' | 'clock' | 'stdout'>,
): Promise<TailRequest> {
  const { options } = input;
  if (input.args.length > 0) {
    throw usage(
      `guard tail takes no words, got "${input.args.join(' ')}"`,
      'use --server, --tool or --grep to filter',
    );
  }
  const spec = readBasicFilter(options, tools.clock.wallMs());
  const { sinceMs } = spec;
  const audit = onceTextOption(options, 'audit');
  const lines = linesOf(onceTextOption(options, 'lines'), sinceMs);
  const filter = toFilter(spec);
  return {
    path: await auditFileOf(audit, tools),
    lines,
    follow: options['follow'] !== false,
    json: options['json'] === true,
    colors: wantsColors(options['color'], tools),
    filter,
    sinceMs,
  };
}

function linesOf(text: string | undefined, sinceMs: number | undefined): number {
  if (text === undefined) return sinceMs === undefined ? LINES_DEFAULT : TAIL_LINES_MAX;
  const lines = Number(text);
  if (Number.isInteger(lines) && lines >= 0 && lines <= TAIL_LINES_MAX) return lines;
  throw usage(
    `--lines: expected a whole number from 0 to ${TAIL_LINES_MAX}, got ${text}`,
    'guard tail -n 50',
  );
}
