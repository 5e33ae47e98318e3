import { createHash, timingSafeEqual } from 'node:crypto';
import { SECRET_DIGEST } from '../../platform/secret-fault.js';

/** What people log in with, as the config states it. */
export interface Secret {
  /** Tells this secret from another one without holding it: sessions are bound to it. */
  readonly digest: string;
  /** In constant time: both sides are digests of one length. */
  matches(text: string): boolean;
}

/** The secret itself, or its `sha256:` digest. Its faults are looked at before. */
export function readSecret(text: string): Secret {
  const digest = SECRET_DIGEST.exec(text)?.[1] ?? sha256(text).toString('hex');
  const expected = Buffer.from(digest, 'hex');
  return { digest, matches: (tried) => timingSafeEqual(sha256(tried), expected) };
}

/** The digest of a text as bytes. */
export function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
