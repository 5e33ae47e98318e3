import { POLICY_NESTING_MAX } from '../platform/bounds.js';
import { parseArgumentPath } from '../platform/argument-path.js';
import { type CompileContext, checkGlobs, compileCondition } from './compile-condition.js';
import type { Condition, Matcher, NameKey } from './matcher.js';
import type { ConfigPath } from './mistakes.js';
import { compileNames, judgeName, listOf } from './names.js';
import { compileScopes } from './scopes.js';
import type { MatchSource } from './source.js';
import type { ToolHints } from './subject.js';

const NAME_KEYS: readonly NameKey[] = ['method', 'server', 'tool', 'prompt', 'agent', 'client'];
const HINTS: readonly (keyof ToolHints)[] = [
  'readOnlyHint',
  'destructiveHint',
  'idempotentHint',
  'openWorldHint',
];

/** Compiles a rule's `match`; mistakes are noted and leave their condition out. */
export function compileMatch(
  source: MatchSource,
  context: CompileContext,
  at: ConfigPath,
  depth = 0,
): Matcher {
  const { mistakes } = context;
  const parts: Matcher[] = [];
  if (depth > POLICY_NESTING_MAX) {
    mistakes.add(at, `conditions nest deeper than ${POLICY_NESTING_MAX}`);
    return { kind: 'all', of: parts };
  }
  // Cheap conditions come first: evaluation stops at the first that is not met.
  parts.push(...compileNameConditions(source, context, at).map(leaf));
  for (const hint of HINTS) {
    const wanted = source.annotations?.[hint];
    if (wanted !== undefined) parts.push(leaf({ kind: 'hint', hint, wanted }));
  }
  if (source.scopes !== undefined) {
    parts.push(...compileScopes(source.scopes, context, [...at, 'scopes']).map(leaf));
  }
  parts.push(...compilePaths('claims', source.claims, context, at).map(leaf));
  parts.push(...compilePaths('input', source.input, context, at).map(leaf));
  if (source.any !== undefined) {
    if (source.any.length === 0) mistakes.add([...at, 'any'], 'the list is empty, so nothing could match');
    const of = source.any.map((one, index) => compileMatch(one, context, [...at, 'any', index], depth + 1));
    parts.push({ kind: 'any', of });
  }
  if (source.not !== undefined) {
    parts.push({ kind: 'not', of: compileMatch(source.not, context, [...at, 'not'], depth + 1) });
  }
  return { kind: 'all', of: parts };
}

function compileNameConditions(source: MatchSource, context: CompileContext, at: ConfigPath): Condition[] {
  const { mistakes, environment } = context;
  const conditions: Condition[] = [];
  for (const key of NAME_KEYS) {
    const wanted = source[key];
    if (wanted === undefined || !checkGlobs(mistakes, [...at, key], wanted)) continue;
    conditions.push({ kind: 'name', key, patterns: compileNames(listOf(wanted)), wanted });
  }
  if (source.environment !== undefined && checkGlobs(mistakes, [...at, 'environment'], source.environment)) {
    // A layer has one environment, so this is settled here, once.
    const patterns = compileNames(listOf(source.environment));
    const met = environment !== undefined && judgeName(patterns, environment, 'environment') === true;
    conditions.push({ kind: 'environment', met, wanted: source.environment });
  }
  if (source.uri !== undefined && checkGlobs(mistakes, [...at, 'uri'], source.uri)) {
    conditions.push({ kind: 'uri', patterns: compileNames(listOf(source.uri)), wanted: source.uri });
  }
  return conditions;
}

function compilePaths(
  kind: 'input' | 'claims',
  source: MatchSource['input'],
  context: CompileContext,
  at: ConfigPath,
): Condition[] {
  return Object.entries(source ?? {}).flatMap(([text, condition]) => {
    const path = context.mistakes.attempt([...at, kind, text], () => parseArgumentPath(text));
    const tests = compileCondition(condition, context, [...at, kind, text]);
    return path === undefined ? [] : [{ kind, path, tests }];
  });
}

function leaf(condition: Condition): Matcher {
  return { kind: 'leaf', leaf: condition };
}
