import type { KeyRule } from './reading.js';

function exact(key: string): string {
  return key;
}

/** Go's encoding/json: simple case folding, in which U+017F is s and U+212A is k; broken text is U+FFFD. */
function goFold(key: string): string {
  return /^[a-z0-9_]*$/.test(key)
    ? key
    : key
        .replaceAll(/\p{Surrogate}/gu, '\ufffd')
        .replaceAll('\u017f', 's')
        .replaceAll('\u212a', 'k')
        .toLowerCase();
}

/** Java's equalsIgnoreCase: equal in upper case or in lower case, character by character. */
function javaFold(key: string): string {
  if (/^[a-z0-9_]*$/.test(key)) return key;
  let folded = '';
  for (const character of key) {
    const upper = character.toUpperCase();
    const lower = (upper.length === 1 ? upper : character).toLowerCase();
    folded += character === '\u0130' ? 'i' : lower;
  }
  return folded;
}

/** Readers that unify compatibility characters. */
function unify(key: string): string {
  return /^[a-z0-9_]*$/.test(key) ? key : key.normalize('NFKC').toLowerCase();
}

/** C strings end at NUL. */
function cut(key: string): string {
  const nul = key.indexOf('\u0000');
  return nul === -1 ? key : key.slice(0, nul);
}

export const LAST: KeyRule = { name: 'last key wins', keyOf: exact, wins: 'last' };
export const FIRST: KeyRule = { name: 'first key wins', keyOf: exact, wins: 'first' };
export const GO: KeyRule = { name: 'keys in any case', keyOf: goFold, wins: 'last' };
export const GO_FIRST: KeyRule = { name: 'keys in any case, first wins', keyOf: goFold, wins: 'first' };
export const JAVA: KeyRule = { name: 'keys compared like Java', keyOf: javaFold, wins: 'last' };
export const UNIFIED: KeyRule = { name: 'keys unified', keyOf: unify, wins: 'first' };
export const CUT: KeyRule = { name: 'keys cut at NUL', keyOf: cut, wins: 'last' };
export const CUT_FIRST: KeyRule = { name: 'keys cut at NUL, first wins', keyOf: cut, wins: 'first' };
