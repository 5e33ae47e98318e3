import type { JsonValue } from '../../platform/json.js';
import type { RememberScope } from '../request.js';

/** Version of the file of remembered answers. */
export const REMEMBERED_VERSION = 1;

/**
 * An answer that stands for later calls. It satisfies the approval that the named rules ask for and
 * nothing else: a rule that denies still denies.
 */
export interface RememberedEntry {
  /** `rem_` and 12 lower-case letters and digits. */
  readonly id: string;
  /** Session scope never stands in the file: it is kept by the process that held the call. */
  readonly scope: RememberScope;
  /** The folder that project scope means; null for the user's scope. */
  readonly project: string | null;
  readonly server: string;
  readonly method: string;
  readonly tool: string | null;
  readonly target: string | null;
  /** Conditions on the arguments, all of which must hold. */
  readonly input: { readonly [path: string]: JsonValue };
  /** Digest of the tool's definition; another definition is not covered. */
  readonly definition: string | null;
  /** The rules whose approval this satisfies, as `layer/name`. */
  readonly rules: readonly string[];
  readonly approver: string;
  readonly channel: string;
  readonly created_at: string;
  /** RFC 3339; null where it holds until it is revoked. */
  readonly expires_at: string | null;
  /** The request that it was made from. */
  readonly approval_id: string;
  /** Ed25519 over signature.ts's text of this entry, base64; null where unsigned. */
  readonly signature: string | null;
}

/** The whole file. */
export interface RememberedFile {
  readonly version: typeof REMEMBERED_VERSION;
  readonly entries: readonly RememberedEntry[];
}
