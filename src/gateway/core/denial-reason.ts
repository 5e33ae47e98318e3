import { isJsonObject, member, type JsonObject, type JsonValue } from '../../platform/json.js';

/** Why guard denied, as the machine form in its answer says it; undefined where the answer is no denial. */
export function denialReasonOf(answer: Buffer): string | undefined {
  const message = JSON.parse(answer.toString('utf8')) as JsonObject;
  const form = valueIn(message, 'result', '_meta', 'guard/denial') ?? valueIn(message, 'error', 'data');
  const reason = isJsonObject(form) ? member(form, 'reason') : undefined;
  return typeof reason === 'string' ? reason : undefined;
}

function valueIn(root: JsonValue, ...path: readonly string[]): JsonValue | undefined {
  let value: JsonValue | undefined = root;
  for (const step of path) value = isJsonObject(value) ? member(value, step) : undefined;
  return value;
}
