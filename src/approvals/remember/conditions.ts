import { POLICY_NESTING_MAX, REMEMBERED_CONDITIONS_MAX } from '../../platform/bounds.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../platform/json.js';
import { parseArgumentPath } from '../../platform/argument-path.js';
import { OPERATORS } from '../../policy/compile-condition.js';
import { compileMatch } from '../../policy/compile-match.js';
import { Judging } from '../../policy/judging.js';
import { judgeCondition } from '../../policy/matcher.js';
import { Mistakes } from '../../policy/mistakes.js';
import type { PolicyPorts } from '../../policy/ports.js';
import type { ConditionSource } from '../../policy/source.js';
import type { Subject } from '../../policy/subject.js';
import { judgeTree } from '../../policy/truth.js';

/** Conditions on arguments by argument path, as a rule's `input` has them; all must hold. */
export type Conditions = { readonly [path: string]: JsonValue };

const WORDS: ReadonlySet<string> = new Set([...OPERATORS, 'not', 'any']);

/**
 * Whether the conditions certainly hold for the arguments, by the policy's own matcher: what cannot
 * be judged does not hold. Every argument must have a condition, at its own path or at one above it,
 * so that an argument which nobody looked at is never covered. Never throws.
 */
export function conditionsHold(
  conditions: Conditions,
  input: JsonObject,
  baseDir: string,
  ports: PolicyPorts,
): boolean {
  const entries = Object.entries(conditions);
  if (entries.length > REMEMBERED_CONDITIONS_MAX) return false;
  try {
    if (!entries.every(([, condition]) => isCondition(condition, 0))) return false;
    if (!allCovered(input, [], pathsOf(Object.keys(conditions)))) return false;
    const mistakes = new Mistakes('user');
    const context = { baseDir, environment: undefined, ports, mistakes, observed: false };
    const source = conditions as Readonly<Record<string, ConditionSource>>;
    const matcher = compileMatch({ input: source }, context, []);
    if (mistakes.list.length > 0) return false;
    return judgeTree(matcher, judgeCondition, new Judging(subjectWith(input), ports)) === true;
  } catch {
    // A file that was edited by hand may hold operands of any type.
    return false;
  }
}

/** Whether every word of the condition is an operator: an unknown one would be a condition that always holds. */
function isCondition(condition: JsonValue, depth: number): boolean {
  if (!isJsonObject(condition) || depth > POLICY_NESTING_MAX) return false;
  return Object.entries(condition).every(([word, operand]) => {
    if (word === 'not') return isCondition(operand, depth + 1);
    if (word === 'any') return Array.isArray(operand) && operand.every((one) => isCondition(one, depth + 1));
    return WORDS.has(word);
  });
}

/** The paths that lead through objects only; others look at parts of lists, which cover no list as a whole. */
function pathsOf(texts: readonly string[]): ReadonlySet<string> {
  const paths = new Set<string>();
  for (const text of texts) {
    const { steps } = parseArgumentPath(text);
    const keys = steps.flatMap((step) => (step.kind === 'key' ? [step.key] : []));
    if (keys.length === steps.length) paths.add(JSON.stringify(keys));
  }
  return paths;
}

function allCovered(value: JsonValue, keys: readonly string[], paths: ReadonlySet<string>): boolean {
  if (paths.has(JSON.stringify(keys))) return true;
  if (!isJsonObject(value)) return false;
  const members = Object.entries(value);
  // An empty object is a value of its own, unless it says that there are no arguments at all.
  if (members.length === 0) return keys.length === 0;
  return members.every(([key, inner]) => allCovered(inner, [...keys, key], paths));
}

/** Only the arguments are looked at; everything else about the call is compared by equality elsewhere. */
function subjectWith(input: JsonObject): Subject {
  return {
    method: 'tools/call',
    knownMethod: true,
    server: '',
    agent: undefined,
    client: undefined,
    session: undefined,
    claims: undefined,
    scopes: undefined,
    tool: undefined,
    uri: undefined,
    prompt: undefined,
    standing: 'listed',
    hints: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
    input,
  };
}
