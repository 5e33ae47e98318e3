import { revealedJson } from '../platform/hidden-characters.js';
import { isJsonObject, type JsonValue } from '../platform/json.js';

/** A value on one line, as the diff and the list of remembered conditions show it. */
export function valueText(value: JsonValue): string {
  if (typeof value === 'string') return `"${revealedJson(value)}"`;
  if (Array.isArray(value)) return `[${value.map(valueText).join(', ')}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const members = Object.keys(value).map(
    (key) => `"${revealedJson(key)}": ${valueText(value[key] as JsonValue)}`,
  );
  return `{${members.join(', ')}}`;
}
