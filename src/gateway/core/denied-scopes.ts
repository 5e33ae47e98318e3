import { isJsonObject, member, type JsonObject, type JsonValue } from '../../platform/json.js';

/** The scopes that a caller lacked, as the machine form of guard's denial says it; none in any other answer. */
export function missingScopesOf(answer: Buffer): readonly string[] {
  const message = JSON.parse(answer.toString('utf8')) as JsonObject;
  const form = valueIn(message, 'result', '_meta', 'guard/denial') ?? valueIn(message, 'error', 'data');
  const scopes = isJsonObject(form) ? member(form, 'missing_scopes') : undefined;
  return Array.isArray(scopes) ? scopes.filter((scope) => typeof scope === 'string') : [];
}

function valueIn(root: JsonValue, ...path: readonly string[]): JsonValue | undefined {
  let value: JsonValue | undefined = root;
  for (const step of path) value = isJsonObject(value) ? member(value, step) : undefined;
  return value;
}
