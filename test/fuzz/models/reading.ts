import type { JsonValue } from '../../../src/platform/json.js';

/** A JSON value as a lenient parser finds it: members in order, the same key as often as it stands. */
export type Reading =
  | { readonly kind: 'object'; readonly entries: readonly (readonly [string, Reading])[] }
  | { readonly kind: 'array'; readonly items: readonly Reading[] }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'literal'; readonly value: boolean | null };

/** How a parser treats keys: which spellings are one key to it, and which of two members counts. */
export interface KeyRule {
  readonly name: string;
  readonly keyOf: (key: string) => string;
  readonly wins: 'first' | 'last';
}

/** The reading of a value that is already there. */
export function readingOf(value: JsonValue): Reading {
  if (Array.isArray(value)) return { kind: 'array', items: value.map(readingOf) };
  switch (typeof value) {
    case 'string':
      return { kind: 'text', text: value };
    case 'number':
      return { kind: 'number', value };
    case 'boolean':
      return { kind: 'literal', value };
    default: {
      if (value === null) return { kind: 'literal', value };
      const entries = Object.entries(value).map(([key, inner]) => [key, readingOf(inner)] as const);
      return { kind: 'object', entries };
    }
  }
}

/** The member that a parser with this rule finds under `key`. */
export function memberOf(reading: Reading | undefined, key: string, rule: KeyRule): Reading | undefined {
  if (reading?.kind !== 'object') return undefined;
  let found: Reading | undefined;
  for (const [own, value] of reading.entries) {
    if (rule.keyOf(own) !== key) continue;
    if (rule.wins === 'first') return value;
    found = value;
  }
  return found;
}

/**
 * One text for all readings that are the same to a parser with this rule. With `strict`, two
 * members that are one to the parser make it a text that nothing else has: nobody can say which of
 * them was judged.
 */
export function canonical(reading: Reading, rule: KeyRule, strict: boolean): string {
  switch (reading.kind) {
    case 'text':
      return JSON.stringify(reading.text);
    case 'number':
      return String(reading.value);
    case 'literal':
      return String(reading.value);
    case 'array':
      return `[${reading.items.map((item) => canonical(item, rule, strict)).join(',')}]`;
    case 'object': {
      const members = new Map<string, string>();
      for (const [own, value] of reading.entries) {
        const key = rule.keyOf(own);
        if (members.has(key)) {
          if (strict) return '<two members that are one>';
          if (rule.wins === 'first') continue;
        }
        members.set(key, canonical(value, rule, strict));
      }
      const sorted = [...members].sort(([left], [right]) => (left < right ? -1 : 1));
      return `{${sorted.map(([key, text]) => `${JSON.stringify(key)}:${text}`).join(',')}}`;
    }
  }
}
