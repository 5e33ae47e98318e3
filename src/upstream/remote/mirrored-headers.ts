import { isJsonObject, member, type JsonValue } from '../../platform/json.js';
import type { OutgoingRequest } from './outgoing.js';

/** Which member of `params` the header `Mcp-Name` repeats (2026-07-28, streamable-http, and the tasks extension). */
export const NAME_SOURCE: ReadonlyMap<string, string> = new Map([
  ['tools/call', 'name'],
  ['prompts/get', 'name'],
  ['resources/read', 'uri'],
  ['tasks/get', 'taskId'],
  ['tasks/update', 'taskId'],
  ['tasks/cancel', 'taskId'],
]);

const SENTINEL_PREFIX = '=?base64?';
const SENTINEL_SUFFIX = '?=';
/** Visible ASCII, with spaces and tabs inside but not at either end. */
const PLAIN_VALUE = /^[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?$/;

/** The headers in which a modern request repeats its method, its target and its revision. */
export function mirroredHeaders(message: OutgoingRequest, revision: string): Record<string, string> {
  const headers: Record<string, string> = {
    'mcp-protocol-version': headerValue(revision),
    'mcp-method': headerValue(message.method),
  };
  const source = NAME_SOURCE.get(message.method);
  const name =
    source === undefined || message.params === undefined ? undefined : member(message.params, source);
  if (typeof name === 'string') headers['mcp-name'] = headerValue(name);
  return headers;
}

/** A text as a header's value: itself where that is safe, else base64 between the specification's marks. */
export function headerValue(text: string): string {
  const looksEncoded = text.startsWith(SENTINEL_PREFIX) && text.endsWith(SENTINEL_SUFFIX);
  if (PLAIN_VALUE.test(text) && !looksEncoded) return text;
  return `${SENTINEL_PREFIX}${Buffer.from(text, 'utf8').toString('base64')}${SENTINEL_SUFFIX}`;
}

/** The value at a path of member names, where every step is an object's own member. */
export function valueAt(root: JsonValue | undefined, path: readonly string[]): JsonValue | undefined {
  let value = root;
  for (const key of path) {
    if (!isJsonObject(value)) return undefined;
    value = member(value, key);
  }
  return value;
}

/** The header text of an argument; undefined for what no header may carry (null, fractions, objects, huge integers). */
export function argumentText(value: JsonValue | undefined): string | undefined {
  switch (typeof value) {
    case 'string':
      return value;
    case 'boolean':
      return String(value);
    case 'number':
      return Number.isSafeInteger(value) ? String(value) : undefined;
    default:
      return undefined;
  }
}
