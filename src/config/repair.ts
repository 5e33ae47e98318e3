import * as z from 'zod/mini';
import type { JsonObject, JsonValue } from '../platform/json.js';
import { isJsonObject } from '../platform/json.js';
import type { ConfigPath } from './mistakes.js';
import { PLACEHOLDER_RULE } from './placeholder.js';
import { configSchema } from './schema.js';
import type { ConfigSource } from './schema.js';

/** Rounds of cutting; a cut can leave something else incomplete. */
const ROUNDS = 6;

/**
 * What is left of a config when its wrong parts are cut out, so that the mistakes of the other
 * parts are found in the same run. Never put in force. Undefined where too little is left.
 */
export function repaired(value: JsonObject, issues: readonly z.core.$ZodIssue[]): ConfigSource | undefined {
  const copy = structuredClone(value);
  let found = issues;
  for (let round = 0; round < ROUNDS; round++) {
    for (const issue of found) {
      const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
      if (issue.code === 'unrecognized_keys') for (const key of issue.keys) cut(copy, [...path, key]);
      else cut(copy, path);
    }
    const parsed = z.safeParse(configSchema, copy, { jitless: true });
    if (parsed.success) return parsed.data;
    found = parsed.error.issues;
  }
  return undefined;
}

/** Cuts the part at the path, or the part around it where it is missing or a list's element. */
function cut(root: JsonObject, path: ConfigPath): void {
  if (path.length === 1 && path[0] === 'version') {
    root['version'] = '1';
    return;
  }
  let length = path.length;
  while (length > 0) {
    const parent = valueAt(root, path.slice(0, length - 1));
    const last = path[length - 1];
    if (Array.isArray(parent) && typeof last === 'number' && isRules(path, length)) {
      parent[last] = { name: `${PLACEHOLDER_RULE}${last}`, match: {}, action: 'deny' };
      return;
    }
    if (parent !== undefined && isJsonObject(parent) && last !== undefined && Object.hasOwn(parent, last)) {
      delete parent[last];
      return;
    }
    length -= 1;
  }
}

function isRules(path: ConfigPath, length: number): boolean {
  return length === 3 && path[0] === 'policies' && path[1] === 'rules';
}

function valueAt(root: JsonObject, path: ConfigPath): JsonValue | undefined {
  let current: JsonValue | undefined = root;
  for (const part of path) {
    if (Array.isArray(current)) current = current[Number(part)];
    else if (current !== undefined && isJsonObject(current) && Object.hasOwn(current, part))
      current = current[part];
    else return undefined;
  }
  return current;
}
