import { FOLDED_KEYS_MAX } from './bounds.js';
/** Keys in plain lower case are their own folded form; nearly all keys are. */
const PLAIN = /^[a-z0-9_$-]*$/;
const memory = new Map<string, string>();

/**
 * The spelling under which lenient parsers would look a key up: cut at the first NUL (C strings),
 * compatibility characters unified (U+017F is s, U+212A is k), lone surrogates replaced, case folded
 * (by way of upper case, so that U+0131 is i as well). Two keys with one folded form are one key to
 * such a parser.
 */
export function foldKey(key: string): string {
  if (PLAIN.test(key)) return key;
  const known = memory.get(key);
  if (known !== undefined) return known;
  const nul = key.indexOf('\u0000');
  const folded = (nul === -1 ? key : key.slice(0, nul))
    .replaceAll(/\p{Surrogate}/gu, '\ufffd')
    .normalize('NFKC')
    .toUpperCase()
    .toLowerCase()
    .replaceAll('i\u0307', 'i');
  if (key.length > 64) return folded;
  if (memory.size >= FOLDED_KEYS_MAX) memory.clear();
  memory.set(key, folded);
  return folded;
}
