import { hash } from 'node:crypto';
import { canonicalJson } from '../platform/canonical-json.js';

/** Everything that an approval is given for. Whatever of it changes, the approval is none. */
export interface BoundCall {
  readonly agent: string | null;
  readonly server: string;
  readonly method: string;
  readonly tool: string | null;
  readonly target: string | null;
  /** Digest of the tool's definition as it stands now. */
  readonly definition: string | null;
  /** Digest of the policy that asks. */
  readonly policy: string;
  /** Canonical text of what the request carries beside `_meta`, numbers as they came. */
  readonly params: string;
}

/**
 * `sha256:` and the hex digest of a call. `_meta` is left out of it, since clients put the ids of
 * one attempt there; the request that waits itself is forwarded as the bytes that came all the same.
 */
export function bindingDigest(call: BoundCall): string {
  return `sha256:${hash('sha256', `guard approval v1\n${canonicalJson({ ...call })}`, 'hex')}`;
}
