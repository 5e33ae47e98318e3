import {
  compileFilter,
  DECISION_NAMES,
  type DecisionName,
  type Filter,
  type FilterSpec,
} from '../audit/filter.js';
import { parseSince } from '../audit/since.js';
import { PATTERN_CHARS_MAX, TAIL_LINES_MAX } from '../platform/bounds.js';
import { GuardError, messageOf } from '../platform/errors.js';
import { auditFileOf } from './audit-file.js';
import type { CommandInput, Tools } from './command.js';

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
  const sinceMs = sinceOf(textOf(options, 'since'), tools.clock.wallMs());
  const audit = textOf(options, 'audit');
  const lines = linesOf(options['lines'], sinceMs);
  const filter = filterFrom(filterOf(input, sinceMs));
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

/** An option on the command line comes before FORCE_COLOR, that before NO_COLOR, that before the terminal. */
function wantsColors(color: unknown, { env, stdout }: Pick<Tools, 'env' | 'stdout'>): boolean {
  if (color === false) return false;
  const forced = env['FORCE_COLOR'] ?? '';
  if (forced !== '') return forced !== '0' && forced !== 'false';
  if ((env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb') return false;
  return stdout.isTTY;
}

function filterFrom(spec: FilterSpec): Filter {
  try {
    return compileFilter(spec);
  } catch (error) {
    throw new GuardError('usage', `a filter cannot be used: ${messageOf(error)}`, { cause: error });
  }
}

function filterOf({ options }: CommandInput, sinceMs: number | undefined): FilterSpec {
  const tool = globsOf(options, 'tool');
  const server = globsOf(options, 'server');
  const agent = globsOf(options, 'agent');
  const decision = decisionsOf(textsOf(options, 'decision'));
  const grep = textOf(options, 'grep');
  return {
    ...(tool === undefined ? {} : { tool }),
    ...(server === undefined ? {} : { server }),
    ...(agent === undefined ? {} : { agent }),
    ...(decision === undefined ? {} : { decision }),
    ...(grep === undefined ? {} : { grep }),
    ...(sinceMs === undefined ? {} : { sinceMs }),
  };
}

function linesOf(value: unknown, sinceMs: number | undefined): number {
  if (value === undefined) return sinceMs === undefined ? LINES_DEFAULT : TAIL_LINES_MAX;
  const lines = typeof value === 'string' && value !== '' ? Number(value) : value;
  if (typeof lines === 'number' && Number.isInteger(lines) && lines >= 0 && lines <= TAIL_LINES_MAX)
    return lines;
  throw usage(
    `--lines: expected a whole number from 0 to ${TAIL_LINES_MAX}, got ${JSON.stringify(value)}`,
    'guard tail -n 50',
  );
}

function sinceOf(text: string | undefined, nowMs: number): number | undefined {
  if (text === undefined) return undefined;
  const sinceMs = parseSince(text, nowMs);
  if (sinceMs !== undefined) return sinceMs;
  throw usage(
    `--since: expected a duration, a time or a date, got "${text}"`,
    'use 10m, 2h, 7d, 14:30 or 2026-01-31T14:30:00Z',
  );
}

function decisionsOf(lists: readonly string[] | undefined): readonly DecisionName[] | undefined {
  return lists
    ?.flatMap((list) => list.split(','))
    .map((text) => {
      const name = text.trim().replaceAll('-', '_');
      const known = DECISION_NAMES.find((candidate) => candidate === name);
      if (known !== undefined) return known;
      throw usage(
        `--decision: expected ${DECISION_NAMES.join(', ')}, got "${text}"`,
        'guard tail --decision deny,limit',
      );
    });
}

function globsOf(options: CommandInput['options'], name: string): readonly string[] | undefined {
  const globs = textsOf(options, name);
  for (const glob of globs ?? []) {
    if (glob.length <= PATTERN_CHARS_MAX) continue;
    throw usage(
      `--${name}: expected at most ${PATTERN_CHARS_MAX} characters, got ${glob.length}`,
      'use a shorter pattern',
    );
  }
  return globs;
}

/** The value of an option that can be given once; numbers come as numbers from the command line. */
function textOf(options: CommandInput['options'], name: string): string | undefined {
  const texts = textsOf(options, name);
  if (texts === undefined || texts.length === 1) return texts?.[0];
  throw usage(`--${name}: expected one value, got ${texts.length}`, `give --${name} once`);
}

function textsOf(options: CommandInput['options'], name: string): readonly string[] | undefined {
  const value = options[name];
  if (value === undefined) return undefined;
  return (Array.isArray(value) ? value : [value]).map((item: unknown) => {
    const text = typeof item === 'number' ? String(item) : item;
    if (typeof text === 'string' && text !== '') return text;
    throw usage(`--${name}: expected a value, got none`, 'guard tail --help');
  });
}

function usage(message: string, hint: string): GuardError {
  return new GuardError('usage', message, { hint });
}
