import { type ArgumentPath, type Found, Unclear, lookUp, lookUpOne } from './argument-path.js';
import type { Test } from './compile-condition.js';
import type { Judging } from './judging.js';
import { type NamePatterns, judgeName } from './names.js';
import type { OneOrMany } from './source.js';
import type { Subject, ToolHints } from './subject.js';
import { type Tree, type Truth, agreed, isUnknown, judgeTree } from './truth.js';
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
  | { readonly kind: 'input'; readonly path: ArgumentPath; readonly tests: Tree<Test> };

/** A rule's `match`. */
export type Matcher = Tree<Condition>;

const URI_DIFFERS = ['uri: the address as written and its normal form differ'];

/** The truth of one condition for the subject under evaluation. */
export function judgeCondition(condition: Condition, judging: Judging): Truth {
  return judgeStatic(condition, judging.subject) ?? judgeDynamic(condition, judging);
}

/**
 * The truth of a condition that looks only at names and hints, which one tool's calls share; undefined
 * for those that look at the uri or the arguments.
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
      return undefined;
  }
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
    case 'input': {
      const { path, tests } = condition;
      const truth = path.fansOut
        ? judgeFound(tests, lookUp(path, judging), judging)
        : judgeOne(tests, lookUpOne(path, judging), judging);
      return isUnknown(truth) ? { notes: truth.notes.map((note) => at(path, note)) } : truth;
    }
    case 'name':
    case 'environment':
    case 'hint':
      return false;
  }
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
