import type { JsonValue } from '../platform/json.js';
import { compileGlob } from '../platform/glob.js';
import { createTextFinder, type TextFinder } from './find-text.js';
import type { RecordDecision } from './record.js';
import type { RecordView } from './record-view.js';
import { createTimeReader } from './time-reader.js';

/** What `--decision` can name: every decision, and lines that never became a request. */
export const DECISION_NAMES = [
  'allow',
  'deny',
  'require_approval',
  'dry_run',
  'limit',
  'relay',
  'refusal',
] as const satisfies readonly (RecordDecision | 'refusal')[];

export type DecisionName = (typeof DECISION_NAMES)[number];

/** What stands for the result of a call that has none. */
const NO_RESULT = 'none';

/** A test of a number, such as that of a range. */
export type NumberTest = (value: number) => boolean;

/** What a person asks to see. All that are given must hold; of one list, any. */
export interface FilterSpec {
  /** Globs over the whole name. */
  readonly tool?: readonly string[];
  readonly server?: readonly string[];
  /** A record without an agent has the name ''. */
  readonly agent?: readonly string[];
  readonly method?: readonly string[];
  /** Over the rule, or over its layer, a slash and the rule. */
  readonly rule?: readonly string[];
  /** Over the reason of a decision or a refusal. */
  readonly reason?: readonly string[];
  readonly session?: readonly string[];
  readonly request?: readonly string[];
  readonly decision?: readonly DecisionName[];
  /** Results of outcomes; `none` is that of a call without one. */
  readonly result?: readonly string[];
  /** Of the time to the answer, in milliseconds. */
  readonly latency?: NumberTest;
  /** Of the bytes of the arguments. */
  readonly size?: NumberTest;
  /** Of the arguments, where a record holds them. */
  readonly arguments?: (value: JsonValue) => boolean;
  /** Wall-clock milliseconds since 1970; records before are left out. */
  readonly sinceMs?: number;
  /** Records at this time and later are left out. */
  readonly untilMs?: number;
  /** Text that the printable record contains, without regard to case. */
  readonly grep?: string;
}

/** A compiled filter in parts, as they need different things of a call. */
export interface Filter {
  /**
   * Everything but `grep`, `result` and `latency`. A joined call is judged by its decision; an outcome
   * alone has none.
   */
  matches(record: RecordView): boolean;
  /** The part of it that both halves of a call have in common, so that either says it for the other. */
  matchesShared(record: RecordView): boolean;
  /** `result` and `latency`, of the outcome of a call; undefined for a call that has none. */
  ends(outcome: RecordView | undefined): boolean;
  /** Whether only calls are asked for, by how they ended. */
  readonly asksForEnd: boolean;
  /** Whether one half of a call can be out of the time that is asked for and the other in it. */
  readonly isTimed: boolean;
  /** Text that stands in every record that is asked for; undefined where nothing can be said. */
  readonly needle: string | undefined;
  /** True when the line of the record contains the text that is looked for. */
  contains(line: string): boolean;
  /** Looks for that text in lines that are not decoded yet; undefined where none is looked for. */
  readonly finder: TextFinder | undefined;
}

type RecordTest = (record: RecordView) => boolean;

/** A filter; an empty specification lets everything pass. Throws an Error that says what is wrong with a glob. */
export function compileFilter(spec: FilterSpec): Filter {
  const shared = compileShared(spec);
  const own = compileOwn(spec);
  const finder = spec.grep === undefined ? undefined : createTextFinder(spec.grep);
  const { result, latency } = spec;
  const matchesShared: RecordTest = (record) => passesAll(record, shared);
  return {
    matches: (record) => matchesShared(record) && passesAll(record, own),
    matchesShared,
    ends(outcome) {
      if (result !== undefined && !result.includes(outcome?.result ?? NO_RESULT)) return false;
      return latency === undefined || (outcome?.latency_ms !== undefined && latency(outcome.latency_ms));
    },
    asksForEnd: result !== undefined || latency !== undefined,
    isTimed: spec.sinceMs !== undefined || spec.untilMs !== undefined,
    needle: needleOf(spec),
    contains: (line) => finder === undefined || finder.inText(line),
    finder,
  };
}

function passesAll(record: RecordView, tests: readonly RecordTest[]): boolean {
  for (const test of tests) if (!test(record)) return false;
  return true;
}

/** What is asked of members that decisions and outcomes both have. */
function compileShared({ tool, server, agent, method, session, request }: FilterSpec): RecordTest[] {
  const tests: RecordTest[] = [];
  if (server !== undefined) tests.push(named(server, (record) => record.upstream));
  if (tool !== undefined) tests.push(named(tool, (record) => record.tool));
  if (agent !== undefined) tests.push(named(agent, (record) => record.agent ?? ''));
  if (method !== undefined) tests.push(named(method, (record) => record.method));
  if (session !== undefined) tests.push(named(session, (record) => record.session));
  if (request !== undefined) tests.push(named(request, (record) => record.request_id));
  return tests;
}

/** What is asked of the time, and of members that decisions alone have. */
function compileOwn(spec: FilterSpec): RecordTest[] {
  const tests: RecordTest[] = [];
  const { rule, reason, size, decision, arguments: argumentsTest } = spec;
  if (decision !== undefined) {
    tests.push((record) => decision.some((name) => name === decisionName(record)));
  }
  if (reason !== undefined) tests.push(named(reason, (record) => record.reason));
  if (rule !== undefined) {
    const matches = anyGlob(rule);
    tests.push((record) =>
      isNamed(record.rule, (name) => matches(name) || matches(`${record.layer ?? ''}/${name}`)),
    );
  }
  if (size !== undefined) tests.push((record) => record.arg_size !== undefined && size(record.arg_size));
  if (spec.sinceMs !== undefined || spec.untilMs !== undefined) {
    const { sinceMs = Number.NEGATIVE_INFINITY, untilMs = Number.POSITIVE_INFINITY } = spec;
    const timeOf = createTimeReader();
    tests.push((record) => {
      const atMs = timeOf(record.ts);
      return atMs >= sinceMs && atMs < untilMs;
    });
  }
  if (argumentsTest !== undefined) {
    tests.push((record) => {
      const value = record.type === 'decision' ? record.arguments : undefined;
      return value !== undefined && argumentsTest(value);
    });
  }
  return tests;
}

/** Shorter ones stand in nearly every line. */
const NEEDLE_CHARS_LEAST = 3;

/** The longest piece of text without wildcards that a name which is asked for has to hold. */
function needleOf({ tool, server, agent, method, session, request }: FilterSpec): string | undefined {
  let needle = '';
  for (const patterns of [tool, server, agent, method, session, request]) {
    if (patterns?.length !== 1) continue;
    for (const piece of (patterns[0] ?? '').split(/[*?]/)) {
      // What is escaped in the pattern or may be in the record is left alone.
      const isPlain = /^[\x20-\x7e]*$/.test(piece) && !/["\\]/.test(piece);
      if (isPlain && piece.length > needle.length) needle = piece;
    }
  }
  return needle.length < NEEDLE_CHARS_LEAST ? undefined : needle;
}

function named(
  patterns: readonly string[],
  of: (record: RecordView) => string | null | undefined,
): RecordTest {
  const matches = anyGlob(patterns);
  return (record) => isNamed(of(record), matches);
}

function isNamed(name: string | null | undefined, matches: (text: string) => boolean): boolean {
  return name !== undefined && name !== null && matches(name);
}

function decisionName(record: RecordView): string | undefined {
  if (record.type === 'decision') return record.decision;
  return record.type === 'refusal' ? 'refusal' : undefined;
}

const NAMELESS = { matches: (text: string): boolean => text === '' };

function anyGlob(patterns: readonly string[]): (text: string) => boolean {
  // The empty pattern is the name of what has none.
  const globs = patterns.map((pattern) => (pattern === '' ? NAMELESS : compileGlob(pattern)));
  return (text) => globs.some((glob) => glob.matches(text));
}
