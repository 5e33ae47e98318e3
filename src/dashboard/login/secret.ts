import { createHash, timingSafeEqual } from 'node:crypto';
import { DASHBOARD_SECRET_CHARS_LEAST, DASHBOARD_SECRET_VARIETY_LEAST } from '../../platform/bounds.js';

/** What people log in with, as the config states it. */
export interface Secret {
  /** Tells this secret from another one without holding it: sessions are bound to it. */
  readonly digest: string;
  /** In constant time: both sides are digests of one length. */
  matches(text: string): boolean;
}

const DIGEST = /^sha256:([0-9a-f]{64})$/;

/**
 * What is wrong with a secret, in words for the person; undefined where nothing is. Of a digest nobody
 * can tell how good its secret is.
 */
export function secretFault(text: string): string | undefined {
  if (text.startsWith('sha256:')) {
    return DIGEST.test(text) ? undefined : 'expected sha256: and 64 lower-case hexadecimal digits';
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

/** The secret itself, or its `sha256:` digest. Its faults are looked at before. */
export function readSecret(text: string): Secret {
  const digest = DIGEST.exec(text)?.[1] ?? sha256(text).toString('hex');
  const expected = Buffer.from(digest, 'hex');
  return { digest, matches: (tried) => timingSafeEqual(sha256(tried), expected) };
}

/** The digest of a text as bytes. */
export function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
