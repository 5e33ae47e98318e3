import {
  compileFilter,
  DECISION_NAMES,
  type DecisionName,
  type Filter,
  type FilterSpec,
} from '../audit/filter.js';
import { parseSince } from '../audit/since.js';
import { PATTERN_CHARS_MAX } from '../platform/bounds.js';
import { GuardError, messageOf } from '../platform/errors.js';
import { compileGlob } from '../platform/glob.js';
import { isJsonObject, type JsonValue } from '../platform/json.js';
import { parseArgumentPath } from '../platform/argument-path.js';
import { lookUpIn, Unclear } from '../policy/argument-path.js';
import type { CommandInput } from './command.js';
import { parseRange } from './range.js';
import { anyTextOption, onceTextOption, usageError } from './text-option.js';

type Options = CommandInput['options'];

/** A spec without the members that were not asked for. */
type Given = { -readonly [Name in keyof FilterSpec]: FilterSpec[Name] };

/** The filters of `guard tail`. Throws GuardError `usage` for what is not as expected. */
export function readBasicFilter(options: Options, nowMs: number): FilterSpec {
  const spec: Given = {};
  for (const name of ['tool', 'server', 'agent'] as const) give(spec, name, globsOf(options, name));
  give(spec, 'decision', decisionsOf(anyTextOption(options, 'decision')));
  give(spec, 'grep', onceTextOption(options, 'grep'));
  give(spec, 'sinceMs', timeOf(options, 'since', nowMs));
  return spec;
}

/** The filters of `guard audit search`, `stats` and `export`: those of tail and more. Throws as above. */
export function readCallFilter(options: Options, nowMs: number): FilterSpec {
  const spec: Given = { ...readBasicFilter(options, nowMs) };
  for (const name of ['method', 'rule', 'reason', 'session', 'request'] as const)
    give(spec, name, globsOf(options, name));
  give(
    spec,
    'result',
    anyTextOption(options, 'result')?.flatMap((list) => list.split(',').map((result) => result.trim())),
  );
  give(spec, 'untilMs', timeOf(options, 'until', nowMs));
  give(spec, 'latency', parseRange('latency', anyTextOption(options, 'latency')));
  give(spec, 'size', parseRange('size', anyTextOption(options, 'size')));
  give(spec, 'arguments', argumentsTest(anyTextOption(options, 'arg')));
  const { sinceMs, untilMs } = spec;
  if (sinceMs !== undefined && untilMs !== undefined && sinceMs >= untilMs) {
    throw usageError('--until: expected a time after --since', 'swap the two');
  }
  return spec;
}

/** Compiles what was asked for; throws GuardError `usage`. */
export function toFilter(spec: FilterSpec): Filter {
  try {
    return compileFilter(spec);
  } catch (error) {
    throw new GuardError('usage', `a filter cannot be used: ${messageOf(error)}`, { cause: error });
  }
}

function give<Name extends keyof FilterSpec>(
  spec: Given,
  name: Name,
  value: FilterSpec[Name] | undefined,
): void {
  if (value !== undefined) spec[name] = value;
}

function timeOf(options: Options, name: 'since' | 'until', nowMs: number): number | undefined {
  const text = onceTextOption(options, name);
  if (text === undefined) return undefined;
  const atMs = parseSince(text, nowMs);
  if (atMs !== undefined) return atMs;
  throw usageError(
    `--${name}: expected a duration, a time or a date, got "${text}"`,
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
      throw usageError(
        `--decision: expected ${DECISION_NAMES.join(', ')}, got "${text}"`,
        'guard tail --decision deny,limit',
      );
    });
}

function globsOf(options: Options, name: string): readonly string[] | undefined {
  const globs = anyTextOption(options, name);
  for (const glob of globs ?? []) {
    if (glob.length <= PATTERN_CHARS_MAX) continue;
    throw usageError(
      `--${name}: expected at most ${PATTERN_CHARS_MAX} characters, got ${glob.length}`,
      'use a shorter pattern',
    );
  }
  return globs;
}

/** Keys are looked up as they stand in the record: which other one a server might take is policy's concern. */
const NO_TWINS = { hasTwin: (): boolean => false };

/** A test of arguments by `PATH=GLOB` or, for whether there is anything, `PATH`. All must hold. */
function argumentsTest(texts: readonly string[] | undefined): ((value: JsonValue) => boolean) | undefined {
  const tests = texts?.map((text) => {
    try {
      return argumentTest(text);
    } catch (error) {
      throw usageError(`--arg: ${messageOf(error)}, got "${text}"`, "--arg '$.path=/etc/*'");
    }
  });
  return tests && ((value) => tests.every((test) => test(value)));
}

function argumentTest(text: string): (value: JsonValue) => boolean {
  const parted = /^(\$(?:[^="']|"(?:[^"\\]|\\.)*"|'[^']*')*)(?:=([^]*))?$/.exec(text);
  const path = parseArgumentPath(parted?.[1] ?? text);
  const pattern = parted?.[2];
  const isWanted =
    pattern === undefined || pattern === ''
      ? (found: string) => found === (pattern ?? found)
      : compileGlob(pattern).matches;
  return (value) =>
    lookUpIn(path, NO_TWINS, value).some(
      (found) => found !== undefined && !(found instanceof Unclear) && isWanted(argumentText(found)),
    );
}

/** A text as it is, anything else as JSON. */
function argumentText(value: JsonValue): string {
  if (typeof value === 'string') return value;
  return Array.isArray(value) || isJsonObject(value) ? JSON.stringify(value) : String(value);
}
