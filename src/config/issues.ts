import type * as z from 'zod/mini';
import type { JsonValue } from '../platform/json.js';
import { isJsonObject } from '../platform/json.js';
import type { ConfigPath } from './mistakes.js';
import { nearestWord } from './nearest.js';
import { configSchema } from './schema.js';
import { homeOfKey, knownKeys } from './schema-walk.js';

type Issue = z.core.$ZodIssue;

/** A mistake of the value, before it has a place in a file. */
export interface ValueMistake {
  readonly path: ConfigPath;
  readonly message: string;
  readonly hint?: string;
  /** `key`: the mistake is the key itself, not its value. */
  readonly at?: 'key';
  /** The mistake is about a map as a whole, not about one of its values. */
  readonly whole?: true;
}

/** What zod says when no message was given; the sentences below replace it. */
const NO_MESSAGE = 'Invalid input';

/**
 * zod's issues with a value, as sentences that say what was expected and what stands there. `schema`
 * is the one that the value was held against: it tells which keys there are.
 */
export function valueMistakes(
  issues: readonly Issue[],
  value: JsonValue,
  schema: z.core.$ZodType = configSchema,
): ValueMistake[] {
  const found = issues.flatMap((issue) => mistakesOf(issue, [], value, schema));
  // A check of a whole map is no news where a key inside is wrong already.
  return found.filter(
    (mistake) => mistake.whole !== true || !found.some((other) => isInside(other.path, mistake.path)),
  );
}

function isInside(path: ConfigPath, around: ConfigPath): boolean {
  return path.length > around.length && around.every((part, index) => path[index] === part);
}

function mistakesOf(
  issue: Issue,
  base: ConfigPath,
  value: JsonValue,
  schema: z.core.$ZodType,
): ValueMistake[] {
  const path = [...base, ...issue.path.map((part) => (typeof part === 'number' ? part : String(part)))];
  const given = valueAt(value, path);
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(path, key, schema));
  if (issue.code === 'invalid_union') return unionMistakes(issue, path, value, schema);
  if (issue.message !== NO_MESSAGE) {
    if (given !== undefined && isJsonObject(given)) return [{ path, message: issue.message, whole: true }];
    const isHidden = Array.isArray(given) || SECRET_KEY.test(String(path.at(-1)));
    return [{ path, message: `${issue.message}${isHidden ? '' : gotText(given)}` }];
  }
  if (given === undefined) return [missingKey(path)];
  if (issue.code === 'invalid_type') return [wrongType(path, [issue.expected], given)];
  if (issue.code === 'invalid_value') return [wrongWord(path, issue.values, given)];
  return [{ path, message: `this value is not allowed${gotText(given)}` }];
}

/** A key whose value no message repeats, however wrong it is. */
const SECRET_KEY = /secret|token|password/;

function unknownKey(path: ConfigPath, key: string, schema: z.core.$ZodType): ValueMistake {
  const near = nearestWord(key, knownKeys(schema, path));
  const home = near === undefined && path.length === 0 ? homeOfKey(schema, key) : undefined;
  const hint =
    near === undefined ? (home === undefined ? undefined : `it belongs to ${home}`) : `did you mean ${near}?`;
  return {
    path: [...path, key],
    message: `unknown key ${key}`,
    at: 'key',
    ...(hint === undefined ? {} : { hint }),
  };
}

function missingKey(path: ConfigPath): ValueMistake {
  const key = String(path.at(-1) ?? 'value');
  const hints: Readonly<Record<string, string>> = {
    version: "begin the file with version: '1'",
    match: 'match: {} applies to everything',
    action: 'such as action: deny',
  };
  const hint = hints[key];
  return { path, message: `${key} is missing`, ...(hint === undefined ? {} : { hint }) };
}

function wrongType(path: ConfigPath, expected: readonly string[], given: JsonValue): ValueMistake {
  const wanted = [...new Set(expected.map(typeWords))].join(' or ');
  const hint = given === null ? 'remove the key, or give it a value' : undefined;
  return { path, message: `expected ${wanted}${gotText(given)}`, ...(hint === undefined ? {} : { hint }) };
}

function wrongWord(path: ConfigPath, values: readonly unknown[], given: JsonValue): ValueMistake {
  const words = [...new Set(values.map(String))];
  const near = typeof given === 'string' ? nearestWord(given, words) : undefined;
  const wanted = words.length === 1 ? words[0] : `one of ${words.join(', ')}`;
  return {
    path,
    message: `expected ${wanted}${gotText(given)}`,
    ...(near === undefined ? {} : { hint: `did you mean ${near}?` }),
  };
}

/** A union fails in all its members; the member that understood most of the value is the one that was meant. */
function unionMistakes(
  issue: z.core.$ZodIssueInvalidUnion,
  path: ConfigPath,
  value: JsonValue,
  schema: z.core.$ZodType,
): ValueMistake[] {
  const given = valueAt(value, path);
  if (given === undefined) return [missingKey(path)];
  const members = issue.errors.filter((errors) => errors.length > 0);
  const understood = members.filter(
    (errors) => !errors.some((error) => error.code === 'invalid_type' && error.path.length === 0),
  );
  const meant = understood.filter(
    (errors) => !errors.some((error) => error.code === 'invalid_value' && error.path.length === 0),
  );
  const member = meant[0];
  if (member !== undefined && (meant.length === 1 || understood.length === meant.length)) {
    return member.flatMap((error) => mistakesOf(error, path, value, schema));
  }
  const words = members.flatMap((errors) =>
    errors.flatMap((error) =>
      error.code === 'invalid_value' && error.path.length === 0 ? error.values : [],
    ),
  );
  if (words.length > 0) return [wrongWord(path, words, given)];
  const types = members.flatMap((errors) =>
    errors.flatMap((error) => (error.code === 'invalid_type' ? [error.expected] : [])),
  );
  return [wrongType(path, types, given)];
}

function typeWords(type: string): string {
  switch (type) {
    case 'string':
      return 'text';
    case 'boolean':
      return 'true or false';
    case 'int':
      return 'a whole number';
    case 'number':
      return 'a number';
    case 'array':
      return 'a list';
    case 'object':
    case 'record':
      return 'a map of keys';
    default:
      return type;
  }
}

/** What stands there instead, where it is short enough to help. Long text may be a secret. */
function gotText(given: JsonValue | undefined): string {
  if (given === undefined) return '';
  if (given === null) return ', got nothing';
  if (Array.isArray(given)) return ', got a list';
  if (typeof given === 'object') return ', got a map of keys';
  const text = typeof given === 'string' ? JSON.stringify(given) : String(given);
  return text.length > 60 ? ', got a long text' : `, got ${text}`;
}

function valueAt(value: JsonValue, path: ConfigPath): JsonValue | undefined {
  let current: JsonValue | undefined = value;
  for (const part of path) {
    if (Array.isArray(current)) current = typeof part === 'number' ? current[part] : undefined;
    else if (current !== undefined && isJsonObject(current))
      current = Object.hasOwn(current, part) ? current[part] : undefined;
    else return undefined;
  }
  return current;
}
