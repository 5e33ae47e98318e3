import type { JsonValue } from '../platform/json.js';
import type { RememberScope } from './request.js';

/** Version of the answer format on the bus. */
export const APPROVAL_ANSWER_VERSION = 1;

/** What shows that a person answered, from strong to weak. */
export type Presence =
  /** An enrolled approver typed a passphrase and signed. */
  | 'signature'
  /** A key was pressed in a terminal. */
  | 'terminal'
  /** Somebody who had logged in to the dashboard pressed a button there. */
  | 'dashboard'
  /** The client said that its user answered; the agent's own program is the witness. */
  | 'client'
  /** A command without a terminal wrote the answer: nothing shows a person. */
  | 'script'
  /** Slack said that one of the approvers pressed the button. */
  | 'slack'
  /** Whoever got the webhook's post answered with its token. */
  | 'webhook'
  /** An earlier answer that was remembered. */
  | 'remembered'
  /** Nobody answered in time, and the rule lets such calls pass. */
  | 'timeout';

/** Later calls that an approval covers too. */
export interface Remembered {
  readonly scope: RememberScope;
  /** Conditions on the arguments by path, as a rule's `input` has them; every condition must hold. */
  readonly input: { readonly [path: string]: JsonValue };
  /** RFC 3339; null where it holds until it is revoked (session: until the session ends). */
  readonly expires_at: string | null;
}

/** A person's answer to one request. On the bus it is a file of this shape. */
export interface ApprovalAnswer {
  readonly v: typeof APPROVAL_ANSWER_VERSION;
  readonly id: string;
  /** The digest of the request that was read: an answer to anything else does not count. */
  readonly digest: string;
  readonly decision: 'approved' | 'denied';
  readonly remember: Remembered | null;
  /** Why, in the words of the person; the agent reads the reason of a denial. */
  readonly reason: string | null;
  /** Who answered: the name of an enrolled approver where the answer is signed, else a claim. */
  readonly approver: string;
  readonly channel: string;
  readonly presence: Presence;
  readonly answered_at: string;
  /** Until when a signature counts; the request's own `expires_at`. */
  readonly expires_at: string;
  /** Ed25519 over signature.ts's text of this answer, base64; null where unsigned. */
  readonly signature: string | null;
}
