import { isJsonObject, type JsonValue, member } from '../../platform/json.js';
import type { Redact } from './redact.js';

/**
 * An answer of a server without its secrets. Named paths begin at its result and at its structured
 * content, where what the arguments' paths mean stands too.
 */
export function redactResponse(response: JsonValue, redact: Redact): JsonValue {
  const result = isJsonObject(response) ? member(response, 'result') : undefined;
  if (!isJsonObject(response) || result === undefined) return redact(response);
  return Object.fromEntries(
    Object.entries(response).map(([name, value]) => [
      name,
      name === 'result' ? ofResult(value, redact) : redact(value),
    ]),
  );
}

function ofResult(result: JsonValue, redact: Redact): JsonValue {
  const content = isJsonObject(result) ? member(result, 'structuredContent') : undefined;
  if (!isJsonObject(result) || content === undefined) return redact(result);
  return redact({ ...result, structuredContent: redact(content) });
}
