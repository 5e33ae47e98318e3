import type { ConfigDocument, ListNode } from '../formats/tree.js';
import { lineEnding, linePrefix, type Splice } from './splice.js';

/** A change, or why there is none; `why` follows "cannot be wrapped: " or the like. */
export type SpliceResult =
  | { readonly kind: 'splice'; readonly splice: Splice }
  | { readonly kind: 'refused'; readonly why: string };

/**
 * Puts literals in front of a list's first item, laid out as that item is: on lines of their own where
 * it has one. What stands behind stays where it is, so that taking them away restores each byte.
 */
export function prependItems(
  { text }: ConfigDocument,
  list: ListNode,
  literals: readonly string[],
): SpliceResult {
  const [first] = list.items;
  if (first === undefined) {
    if (list.style === 'block') return { kind: 'refused', why: 'its list is empty and has no brackets' };
    const at = list.range[0] + 1;
    return { kind: 'splice', splice: { range: [at, at], text: literals.join(', ') } };
  }
  const at = first.range?.[0];
  if (at === undefined) return { kind: 'refused', why: 'its list holds a table' };
  const prefix = linePrefix(text, at);
  const own = lineEnding(text, at) + prefix;
  if (list.style === 'block') {
    if (!/^[ \t]*-[ \t]+$/.test(prefix)) {
      return {
        kind: 'refused',
        why: 'the first of its arguments does not stand behind a dash on a line of its own',
      };
    }
    return { kind: 'splice', splice: { range: [at, at], text: literals.map((one) => one + own).join('') } };
  }
  const between = /^[ \t]*$/.test(prefix) && text.lastIndexOf('\n', at - 1) >= list.range[0] ? own : ' ';
  const put = literals.map((one) => `${one},${between}`).join('');
  return { kind: 'splice', splice: { range: [at, at], text: put } };
}

/** Takes the first items of a list away; what is in front of the first item and behind the last stays. */
export function dropItems({ text }: ConfigDocument, list: ListNode, count: number): SpliceResult {
  const start = list.items[0]?.range?.[0];
  const last = list.items[count - 1]?.range?.[1];
  if (start === undefined || last === undefined) return { kind: 'refused', why: 'its list holds a table' };
  const next = list.items[count];
  if (next !== undefined) {
    const end = next.range?.[0];
    if (end === undefined) return { kind: 'refused', why: 'its list holds a table' };
    return { kind: 'splice', splice: { range: [start, end], text: '' } };
  }
  if (list.style === 'block')
    return { kind: 'refused', why: 'nothing would be left of its list of arguments' };
  // A comma behind the last word was put there by hand: without the word it means nothing.
  const comma = /^[ \t\r\n]*,/.exec(text.slice(last, list.range[1]))?.[0].length ?? 0;
  return { kind: 'splice', splice: { range: [start, last + comma], text: '' } };
}
