import type { JsonObject } from '../platform/json.js';
import type { ArgumentPath } from '../platform/argument-path.js';
import { type Found, Unclear, lookUp, lookUpOne } from './argument-path.js';
import type { Test } from './compile-condition.js';
import type { Judging } from './judging.js';
import { type NamePatterns, judgeName } from './names.js';
import { type ScopesCondition, judgeScopes } from './scopes.js';
import type { OneOrMany } from './source.js';
import type { Subject, ToolHints } from './subject.js';
import { type Tree, type Truth, agreed, isUnknown, judgeTree, unknown } from './truth.js';
import { uriReadings } from './uri.js';

/** The members of a subject that name something, and are globbed. */
export type NameKey = 'method' | 'server' | 'tool' | 'prompt' | 'agent' | 'client';

/** One condition of a rule. */
export type Condition =
  | {
      readonly kind: 'name';
      readonly key: NameKey;
      readonly patterns: NamePatterns;
      readonly wanted: OneOrMany<string>;
    }
  | { readonly kind: 'environment'; readonly met: boolean; readonly wanted: OneOrMany<string> }
  | { readonly kind: 'uri'; readonly patterns: NamePatterns; readonly wanted: OneOrMany<string> }
  | { readonly kind: 'hint'; readonly hint: keyof ToolHints; readonly wanted: boolean }
  | PathCondition
  | ScopesCondition;

/** Tests on what a path names in the arguments of the call, or in the verified claims of the caller. */
export interface PathCondition {
  readonly kind: 'input' | 'claims';
  readonly path: ArgumentPath;
  readonly tests: Tree<Test>;
}

/** A rule's `match`. */
export type Matcher = Tree<Condition>;

const UNVERIFIED = unknown('claims: nobody verified who calls');
const URI_DIFFERS = ['uri: the address as written and its normal form differ'];

/** The truth of one condition for the subject under evaluation. */
export function judgeCondition(condition: Condition, judging: Judging): Truth {
  return judgeStatic(condition, judging.subject) ?? judgeDynamic(condition, judging);
}

/**
 * The truth of a condition that looks only at names and hints, which one tool's calls share; undefined
 * for those that look at the uri, the arguments, or the token of the caller.
 */
export function judgeStatic(condition: Condition, subject: Subject): Truth | undefined {
  switch (condition.kind) {
    case 'name': {
      const name = subject[condition.key];
      return name === undefined ? false : judgeName(condition.patterns, name, condition.key);
    }
    case 'environment':
      return condition.met;
    case 'hint':
      return subject.tool !== undefined && subject.hints[condition.hint] === condition.wanted;
    case 'uri':
    case 'input':
    case 'claims':
    case 'scopes':
      return undefined;
  }
}

/** The truth of a condition on the caller's token, which all its calls share; undefined for the others. */
export function judgeCaller(condition: Condition, judging: Judging): Truth | undefined {
  return condition.kind === 'claims' || condition.kind === 'scopes'
    ? judgeDynamic(condition, judging)
    : undefined;
}

/**
 * The truth of the tests on what an argument path named. A path that fans out is met where every
 * element meets the tests and not met where none does. In between it is unknown, without a note:
 * a rule that restricts then applies (some element meets it), a rule that allows does not (not all do).
 */
function judgeFound(tests: Tree<Test>, found: readonly Found[], judging: Judging): Truth {
  return agreed(
    found.map((one) => judgeOne(tests, one, judging)),
    [],
  );
}

function judgeDynamic(condition: Condition, judging: Judging): Truth {
  switch (condition.kind) {
    case 'uri': {
      const { uri } = judging.subject;
      if (uri === undefined) return false;
      const truths = uriReadings(uri).map((reading) => judgeName(condition.patterns, reading, 'uri'));
      return agreed(truths, URI_DIFFERS);
    }
    case 'input':
      return judgePath(condition, judging.subject.input, judging);
    case 'claims': {
      const { claims } = judging.subject;
      if (claims === undefined) return UNVERIFIED;
      const truth = judgePath(condition, claims, judging);
      return isUnknown(truth) ? { notes: truth.notes.map((note) => `claims ${note}`) } : truth;
    }
    case 'scopes':
      return judgeScopes(condition, judging.subject.scopes);
    case 'name':
    case 'environment':
    case 'hint':
      return false;
  }
}

function judgePath({ path, tests }: PathCondition, root: JsonObject, judging: Judging): Truth {
  const truth = path.fansOut
    ? judgeFound(tests, lookUp(path, judging, root), judging)
    : judgeOne(tests, lookUpOne(path, judging, root), judging);
  return isUnknown(truth) ? { notes: truth.notes.map((note) => at(path, note)) } : truth;
}

function judgeOne(tests: Tree<Test>, found: Found, judging: Judging): Truth {
  return found instanceof Unclear ? found.why : judgeTree(tests, runTest, { value: found, judging });
}

/** Runs one operator on the value that was found. */
export function runTest(test: Test, given: { value: Parameters<Test['run']>[0]; judging: Judging }): Truth {
  return test.run(given.value, given.judging);
}

/** A note about a test gets the argument's path in front; a note about the path has it already. */
function at(path: ArgumentPath, note: string): string {
  return note.startsWith('$') ? note : `${path.text} ${note}`;
}
