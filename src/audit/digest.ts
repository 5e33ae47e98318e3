import { hash } from 'node:crypto';

/** `sha256:` and the hex digest of the bytes of `arguments` exactly as they came. */
export function argumentsDigest(bytes: Uint8Array): string {
  return `sha256:${hash('sha256', bytes, 'hex')}`;
}
