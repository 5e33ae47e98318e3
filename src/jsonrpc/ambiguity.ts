import { foldKey } from '../platform/fold.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../platform/json.js';

/** Something that two JSON parsers could read differently. */
export interface Ambiguity {
  readonly reason: 'duplicate-key' | 'ambiguous-key';
  readonly detail: string;
}

/**
 * Looks for keys that parsers disagree on, at any depth: the same key twice (first wins, last
 * wins), two keys that differ only in case or in folded characters (Go's encoding/json and others
 * match case-insensitively), and `__proto__`. `memberCount` is the number of members that stand in
 * the text: JSON.parse has already dropped exact duplicates, escaped spellings included, so a
 * smaller number of keys in the value is what gives them away. `plainKeys` says that no key can fold
 * to another one, so that counting them is enough.
 */
export function findAmbiguity(root: JsonObject, memberCount: number, plainKeys: boolean): Ambiguity | null {
  if (plainKeys) {
    // Keys that are their own folded form can only be the same, not alike.
    if (countMembers(root) === memberCount) return null;
  } else {
    const walk = { count: 0, found: null as Ambiguity | null };
    visit(root, walk);
    if (walk.found !== null) return walk.found;
    if (walk.count === memberCount) return null;
  }
  return { reason: 'duplicate-key', detail: 'an object has the same key twice' };
}

/** The members of all objects in a value. */
function countMembers(value: JsonObject | JsonValue[]): number {
  const inner = Array.isArray(value) ? value : Object.values(value);
  let count = inner === value ? 0 : inner.length;
  for (const one of inner) if (typeof one === 'object' && one !== null) count += countMembers(one);
  return count;
}

interface Walk {
  count: number;
  found: Ambiguity | null;
}

function visit(value: JsonValue, walk: Walk): void {
  if (Array.isArray(value)) {
    for (const element of value) if (typeof element === 'object') visit(element, walk);
    return;
  }
  if (!isJsonObject(value)) return;
  const keys = Object.keys(value);
  walk.count += keys.length;
  let folds = false;
  for (const key of keys) {
    if (foldKey(key) !== key) folds = true;
    if (key === '__proto__') walk.found ??= { reason: 'ambiguous-key', detail: 'the key `__proto__`' };
    const inner = value[key] as JsonValue;
    if (typeof inner === 'object') visit(inner, walk);
  }
  if (folds) walk.found ??= foldedDuplicate(keys);
}

function foldedDuplicate(keys: readonly string[]): Ambiguity | null {
  const seen = new Map<string, string>();
  for (const key of keys) {
    const folded = foldKey(key);
    const other = seen.get(folded);
    if (other !== undefined) {
      return {
        reason: 'ambiguous-key',
        detail: `the keys ${JSON.stringify(other)} and ${JSON.stringify(key)} are one key to some parsers`,
      };
    }
    seen.set(folded, key);
  }
  return null;
}

/**
 * The first key of `object` that is another spelling of a known key, such as `Name` for `name`.
 * `known` maps folded spellings to the exact ones.
 */
export function misspeltKey(object: JsonObject, known: ReadonlyMap<string, string>): Ambiguity | null {
  for (const key of Object.keys(object)) {
    const exact = known.get(foldKey(key));
    if (exact !== undefined && exact !== key) {
      return {
        reason: 'ambiguous-key',
        detail: `the key ${JSON.stringify(key)} is \`${exact}\` to some parsers`,
      };
    }
  }
  return null;
}
