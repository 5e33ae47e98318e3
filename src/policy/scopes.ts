import type { CompileContext } from './compile-condition.js';
import { checkGlobs } from './compile-condition.js';
import type { ConfigPath } from './mistakes.js';
import { type NamePatterns, compileNames, judgeName, listOf } from './names.js';
import type { OneOrMany, ScopesSource } from './source.js';
import { type Truth, anyOf, negate, unknown } from './truth.js';

/** A condition on the scopes of the caller. */
export type ScopesCondition =
  | {
      readonly kind: 'scopes';
      readonly how: 'any';
      readonly patterns: NamePatterns;
      readonly wanted: OneOrMany<string>;
    }
  | {
      readonly kind: 'scopes';
      readonly how: 'all' | 'missing';
      readonly names: readonly string[];
      readonly wanted: OneOrMany<string>;
    };

const UNVERIFIED = unknown('scopes: nobody verified who calls');

/** Compiles the `scopes` of a match; mistakes are noted and leave their condition out. */
export function compileScopes(
  source: ScopesSource,
  { mistakes }: CompileContext,
  at: ConfigPath,
): ScopesCondition[] {
  if (typeof source === 'string' || isList(source)) {
    if (!checkGlobs(mistakes, at, source)) return [];
    return [{ kind: 'scopes', how: 'any', patterns: compileNames(listOf(source)), wanted: source }];
  }
  const { all, missing } = source;
  return [
    ...(all === undefined ? [] : [plain('all', all)]),
    ...(missing === undefined ? [] : [plain('missing', missing)]),
  ];
}

/** Whether the condition holds; unknown where nobody verified who calls. */
export function judgeScopes(condition: ScopesCondition, scopes: readonly string[] | undefined): Truth {
  if (scopes === undefined) return UNVERIFIED;
  if (condition.how === 'any') {
    return anyOf(scopes.map((scope) => judgeName(condition.patterns, scope, 'scopes')));
  }
  const hasAll = condition.names.every((name) => scopes.includes(name));
  return condition.how === 'all' ? hasAll : negate(hasAll);
}

/** The scopes that a condition names without wildcards: one of them is enough for `any`. */
export function namedScopes(condition: ScopesCondition): readonly string[] {
  return condition.how === 'any' ? [...condition.patterns.exact].slice(0, 1) : condition.names;
}

function plain(how: 'all' | 'missing', wanted: OneOrMany<string>): ScopesCondition {
  return { kind: 'scopes', how, names: listOf(wanted), wanted };
}

function isList(source: Exclude<ScopesSource, string>): source is readonly string[] {
  return Array.isArray(source);
}
