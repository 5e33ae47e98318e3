import { DASHBOARD_SECRET_CHARS_LEAST, DASHBOARD_SECRET_VARIETY_LEAST } from './bounds.js';

/** A secret as its digest. */
export const SECRET_DIGEST = /^sha256:([0-9a-f]{64})$/;

/**
 * What is wrong with a secret, in words for the person; undefined where nothing is. Of a digest nobody
 * can tell how good its secret is.
 */
export function secretFault(text: string): string | undefined {
  if (text.startsWith('sha256:')) {
    return SECRET_DIGEST.test(text) ? undefined : 'expected sha256: and 64 lower-case hexadecimal digits';
  }
  const characters = Array.from(text);
  if (characters.length < DASHBOARD_SECRET_CHARS_LEAST) {
    return `expected at least ${DASHBOARD_SECRET_CHARS_LEAST} characters, got ${characters.length}`;
  }
  const variety = new Set(characters).size;
  if (variety < DASHBOARD_SECRET_VARIETY_LEAST) {
    return `expected at least ${DASHBOARD_SECRET_VARIETY_LEAST} different characters, got ${variety}`;
  }
  return undefined;
}
