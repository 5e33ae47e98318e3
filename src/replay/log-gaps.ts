import { REPLAY_VALUES_MAX } from '../platform/bounds.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../platform/json.js';
import type { ArgumentPath } from '../platform/argument-path.js';
import type { Judging } from '../policy/judging.js';
import { type Condition, judgeCondition, type NameKey } from '../policy/matcher.js';
import { type Truth, unknown } from '../policy/truth.js';

/** What a record does not tell of its call. */
export interface LogGaps {
  /** The arguments were not logged, or were too large to be. */
  readonly arguments: boolean;
  /** Arguments were logged, and redaction left some out. */
  readonly redacted: boolean;
  /** Names that were cut; a name as a record holds it is then not that of the call. */
  readonly names: ReadonlySet<NameKey | 'uri'>;
  /** The hints of the tool: no record holds them. */
  readonly hints: boolean;
  /** Claims and scopes of a verified caller: no record holds them. */
  readonly caller: boolean;
}

/** Where it is asked for what the log does not tell. */
export interface GapNotes {
  readonly judging: Judging;
  readonly gaps: LogGaps;
  /** What was missed, each once, such as `$.path was not logged`. */
  readonly missed: Set<string>;
}

const MISSED = unknown('the log does not tell');

/** The truth of a condition as far as the log tells; a gap that it meets is noted. */
export function judgeLogged(condition: Condition, notes: GapNotes): Truth {
  const gap = gapOf(condition, notes);
  if (gap === undefined) return judgeCondition(condition, notes.judging);
  notes.missed.add(gap);
  return MISSED;
}

function gapOf(condition: Condition, { judging, gaps }: GapNotes): string | undefined {
  const { subject } = judging;
  switch (condition.kind) {
    case 'name':
      return gaps.names.has(condition.key) ? `the ${condition.key} was cut in the log` : undefined;
    case 'uri':
      return gaps.names.has('uri') ? 'the uri was cut in the log, or is not told apart there' : undefined;
    case 'hint':
      return gaps.hints && subject.tool !== undefined ? `${condition.hint} is not in the log` : undefined;
    case 'claims':
    case 'scopes':
      return gaps.caller ? `${condition.kind} are not in the log` : undefined;
    case 'environment':
      return undefined;
    case 'input':
      return gapAt(condition.path, subject.input, gaps);
  }
}

/** What the log does not tell of a place in the arguments; undefined where it tells all. */
export function gapAt(path: ArgumentPath, input: JsonObject, gaps: LogGaps): string | undefined {
  if (gaps.arguments) return `${path.text} was not logged`;
  return gaps.redacted && isHidden(path, 0, input) ? `${path.text} was redacted in the log` : undefined;
}

/** What redaction and bounds leave in the place of a value (audit/redact.ts, audit/json-text.ts). */
const REDACTED = /\[(?:redacted:[a-z-]+|omitted:too (?:large|deep))\]/;

/** Whether redaction left out anything of a value. What cannot be looked through counts as left out. */
export function holdsRedaction(value: JsonValue): boolean {
  let left = REPLAY_VALUES_MAX;
  const open: JsonValue[] = [value];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    left -= 1;
    if (left < 0) return true;
    if (typeof next === 'string') {
      if (REDACTED.test(next)) return true;
    } else if (Array.isArray(next)) {
      if (next.length > left) return true;
      open.push(...next);
    } else if (isJsonObject(next)) {
      const entries = Object.entries(next);
      if (entries.length > left || entries.some(([key]) => REDACTED.test(key))) return true;
      for (const [, member] of entries) open.push(member);
    }
  }
  return false;
}

/** Whether redaction may have changed what a path names: on the way there, or below. */
function isHidden(path: ArgumentPath, from: number, start: JsonValue | undefined): boolean {
  let value = start;
  for (let at = from; at < path.steps.length; at += 1) {
    const step = path.steps[at];
    if (value === undefined || step === undefined) return false;
    if (typeof value === 'string') return REDACTED.test(value);
    if (step.kind === 'each') {
      if (!Array.isArray(value)) return holdsRedaction(value);
      return value.some((element) => isHidden(path, at + 1, element));
    }
    if (step.kind === 'index') {
      value = Array.isArray(value) ? value[step.index] : undefined;
      continue;
    }
    if (!isJsonObject(value)) return false;
    // A key that was redacted may have been this one.
    if (Object.keys(value).some((key) => REDACTED.test(key))) return true;
    value = Object.hasOwn(value, step.key) ? value[step.key] : undefined;
  }
  return value !== undefined && holdsRedaction(value);
}
