import { EXPLAIN_ELEMENTS_MAX, EXPLAIN_VALUE_CHARS_MAX } from '../platform/bounds.js';
import type { JsonValue } from '../platform/json.js';
import { printable } from '../platform/printable.js';
import { type Found, Unclear, lookUp } from './argument-path.js';
import type { Test } from './compile-condition.js';
import type { Judging } from './judging.js';
import { type Condition, type Matcher, type PathCondition, judgeCondition, runTest } from './matcher.js';
import { type Tree, type Truth, isUnknown } from './truth.js';

/** One condition of a rule beside what it was compared with. */
export interface ConditionReport {
  /** Such as `tool`, `$.amount gt`, `not $.path path_within`, `any[1] server`. */
  readonly condition: string;
  readonly wanted: string;
  /** Printable and shortened; objects and arrays only by size. */
  readonly actual: string;
  /** Of the condition by itself, before any `not` around it. */
  readonly truth: 'met' | 'not-met' | 'unknown';
  readonly why: string | undefined;
}

/** Every condition of a matcher with its truth; of a path that fans out, the first elements. */
export function reportConditions(matcher: Matcher, judging: Judging): readonly ConditionReport[] {
  const reports: ConditionReport[] = [];
  visit(matcher, '', (condition, prefix) => {
    if (isPathCondition(condition)) reports.push(...reportPath(condition, prefix, judging));
    else reports.push(reportPlain(condition, prefix, judging));
  });
  return reports;
}

function isPathCondition(condition: Condition): condition is PathCondition {
  return condition.kind === 'input' || condition.kind === 'claims';
}

/** Calls back for each leaf, with the words of the joints that lead to it. */
function visit<Leaf>(tree: Tree<Leaf>, prefix: string, report: (leaf: Leaf, prefix: string) => void): void {
  switch (tree.kind) {
    case 'constant':
      return;
    case 'leaf':
      report(tree.leaf, prefix);
      return;
    case 'all':
      for (const part of tree.of) visit(part, prefix, report);
      return;
    case 'any':
      tree.of.forEach((part, index) => visit(part, `${prefix}any[${index}] `, report));
      return;
    case 'not':
      visit(tree.of, `${prefix}not `, report);
  }
}

function reportPlain(
  condition: Exclude<Condition, PathCondition>,
  prefix: string,
  judging: Judging,
): ConditionReport {
  const { subject } = judging;
  const truth = judgeCondition(condition, judging);
  switch (condition.kind) {
    case 'name':
      return row(prefix + condition.key, condition.wanted, subject[condition.key], truth);
    case 'scopes': {
      const name = condition.how === 'any' ? 'scopes' : `scopes ${condition.how}`;
      return row(prefix + name, condition.wanted, subject.scopes?.join(' '), truth);
    }
    case 'uri':
      return row(`${prefix}uri`, condition.wanted, subject.uri, truth);
    case 'environment':
      return row(`${prefix}environment`, condition.wanted, undefined, truth);
    case 'hint': {
      const actual = subject.tool === undefined ? undefined : subject.hints[condition.hint];
      return row(`${prefix}annotations.${condition.hint}`, condition.wanted, actual, truth);
    }
  }
}

function reportPath(condition: PathCondition, prefix: string, judging: Judging): ConditionReport[] {
  const reports: ConditionReport[] = [];
  const { claims, input } = judging.subject;
  const isClaim = condition.kind === 'claims';
  const where = `${prefix}${isClaim ? 'claims ' : ''}${condition.path.text}`;
  const root = isClaim ? claims : input;
  if (root === undefined) return [row(where, true, undefined, judgeCondition(condition, judging))];
  const found = lookUp(condition.path, judging, root);
  if (found.length === 0) reports.push(row(`${where} exists`, true, undefined, false));
  for (const one of found.slice(0, EXPLAIN_ELEMENTS_MAX)) {
    visit(condition.tests, '', (test, inner) => {
      reports.push(reportTest(`${where} ${inner}${test.operator}`, test, one, judging));
    });
  }
  return reports;
}

function reportTest(name: string, test: Test, found: Found, judging: Judging): ConditionReport {
  if (found instanceof Unclear) return row(name, test.wanted, undefined, found.why);
  return row(name, test.wanted, found, runTest(test, { value: found, judging }));
}

function row(
  condition: string,
  wanted: JsonValue | readonly JsonValue[],
  actual: JsonValue | undefined,
  truth: Truth,
): ConditionReport {
  return {
    condition,
    wanted: wantedText(wanted),
    actual: actualText(actual),
    truth: isUnknown(truth) ? 'unknown' : truth ? 'met' : 'not-met',
    why: isUnknown(truth) ? truth.notes.join('; ') : undefined,
  };
}

/** What the rule asks for, as its author wrote it. */
function wantedText(wanted: JsonValue | readonly JsonValue[]): string {
  return printable(JSON.stringify(wanted), EXPLAIN_VALUE_CHARS_MAX);
}

/** What the call holds; never long, and never the content of something large. */
function actualText(actual: JsonValue | undefined): string {
  if (actual === undefined) return 'absent';
  if (Array.isArray(actual)) return `an array of ${actual.length}`;
  if (typeof actual === 'object' && actual !== null)
    return `an object with ${Object.keys(actual).length} members`;
  return typeof actual === 'string' ? `"${printable(actual, EXPLAIN_VALUE_CHARS_MAX)}"` : String(actual);
}
