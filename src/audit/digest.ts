import { hash } from 'node:crypto';

/** `sha256:` and a hex digest: nothing in it has to be escaped. */
export type Digest = `sha256:${string}`;

/** The digest of the bytes of `arguments` exactly as they came. */
export function argumentsDigest(bytes: Uint8Array): Digest {
  return `sha256:${hash('sha256', bytes, 'hex')}`;
}
