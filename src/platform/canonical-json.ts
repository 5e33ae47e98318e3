import { isJsonObject, type JsonValue } from './json.js';

/**
 * JSON text that is the same for equal values: no spaces, members sorted by UTF-16 code units, texts
 * and numbers as JSON.stringify writes them (RFC 8785 for values whose numbers survive parsing).
 */
export function canonicalJson(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key] as JsonValue)}`);
  return `{${members.join(',')}}`;
}
