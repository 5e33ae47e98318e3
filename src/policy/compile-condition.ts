import { POLICY_NESTING_MAX } from '../platform/bounds.js';
import type { JsonValue } from '../platform/json.js';
import { compileGlob } from '../platform/glob.js';
import type { ConfigPath, Mistakes } from './mistakes.js';
import { listOf } from './names.js';
import {
  type Operator,
  type OperatorName,
  affixed,
  containing,
  differentFrom,
  equalTo,
  existing,
  matchesGlob,
  matchesRegex,
  numberAgainst,
  ofType,
} from './operators.js';
import { hostMatching, pathMatching, pathWithin } from './path-operators.js';
import type { PolicyPorts } from './ports.js';
import type { ConditionSource, OneOrMany } from './source.js';
import type { Tree } from './truth.js';

/** One operator of a condition with its operand, as `explain` shows it. */
export interface Test {
  readonly operator: OperatorName;
  readonly wanted: JsonValue;
  readonly run: Operator;
}

/** What compiling a rule needs to know of its surroundings. */
export interface CompileContext {
  readonly baseDir: string;
  readonly environment: string | undefined;
  readonly ports: PolicyPorts;
  readonly mistakes: Mistakes;
  /** Whether the layer only observes. */
  readonly observed: boolean;
}

/** Every operator, in the order in which they are tried. */
export const OPERATORS: readonly OperatorName[] = [
  'exists',
  'type',
  'eq',
  'neq',
  'in',
  'gt',
  'gte',
  'lt',
  'lte',
  'contains',
  'starts_with',
  'ends_with',
  'glob',
  'host',
  'regex',
  'path',
  'path_within',
];

/** Compiles the conditions on one argument; mistakes are noted and leave their operator out. */
export function compileCondition(
  source: ConditionSource,
  context: CompileContext,
  at: ConfigPath,
  depth = 0,
): Tree<Test> {
  const parts: Tree<Test>[] = [];
  if (depth > POLICY_NESTING_MAX) {
    context.mistakes.add(at, `conditions nest deeper than ${POLICY_NESTING_MAX}`);
    return { kind: 'all', of: parts };
  }
  for (const operator of OPERATORS) {
    const operand = source[operator];
    if (operand === undefined) continue;
    const run = compileOperator(operator, source, context, [...at, operator]);
    if (run !== undefined)
      parts.push({ kind: 'leaf', leaf: { operator, wanted: operand as JsonValue, run } });
  }
  if (source.not !== undefined) {
    parts.push({ kind: 'not', of: compileCondition(source.not, context, [...at, 'not'], depth + 1) });
  }
  if (source.any !== undefined) {
    if (source.any.length === 0)
      context.mistakes.add([...at, 'any'], 'the list is empty, so nothing could match');
    const of = source.any.map((one, index) =>
      compileCondition(one, context, [...at, 'any', index], depth + 1),
    );
    parts.push({ kind: 'any', of });
  }
  if (Object.values(source).every((operand) => operand === undefined)) {
    context.mistakes.add(at, 'no operator is given; use exists: true to ask only for presence');
  }
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : { kind: 'all', of: parts };
}

function compileOperator(
  operator: OperatorName,
  source: ConditionSource,
  { baseDir, ports, mistakes }: CompileContext,
  at: ConfigPath,
): Operator | undefined {
  switch (operator) {
    case 'eq':
      return equalTo(operator, [source.eq ?? null]);
    case 'neq':
      return differentFrom(operator, source.neq ?? null);
    case 'in':
      mistakes.each(at, source.in ?? [], () => undefined);
      return equalTo(operator, source.in ?? []);
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return mistakes.attempt(at, () => numberAgainst(operator, source[operator] ?? ''));
    case 'contains':
      return containing(source.contains ?? null);
    case 'starts_with':
    case 'ends_with':
      mistakes.each(at, source[operator] ?? [], refuseEmpty);
      return affixed(operator, listOf(source[operator] ?? []));
    case 'exists':
      return existing(source.exists ?? true);
    case 'type':
      mistakes.each(at, source.type ?? [], () => undefined);
      return ofType(listOf(source.type ?? []));
    case 'glob':
      return compileList(mistakes, at, source.glob, matchesGlob);
    case 'host':
      return compileList(mistakes, at, source.host, hostMatching);
    case 'regex':
      return mistakes.attempt(at, () => matchesRegex(source.regex ?? '', ports));
    case 'path':
      return compileList(mistakes, at, source.path, (patterns) => pathMatching(patterns, baseDir, ports));
    case 'path_within':
      return compileList(mistakes, at, source.path_within, (folders) => pathWithin(folders, baseDir, ports));
  }
}

/** Compiles a list as a whole, and entry by entry where that fails, so that each mistake has its place. */
function compileList(
  mistakes: Mistakes,
  at: ConfigPath,
  source: OneOrMany<string> | undefined,
  compile: (patterns: readonly string[]) => Operator,
): Operator | undefined {
  const before = mistakes.list.length;
  mistakes.each(at, source ?? [], (entry) => compile([entry]));
  return mistakes.list.length === before ? compile(listOf(source ?? [])) : undefined;
}

function refuseEmpty(affix: string): void {
  if (affix === '') throw new Error('an empty text matches everything');
}

/** Checks globs for names, each with its place. */
export function checkGlobs(mistakes: Mistakes, at: ConfigPath, source: OneOrMany<string>): boolean {
  const before = mistakes.list.length;
  mistakes.each(at, source, compileGlob);
  return mistakes.list.length === before;
}
