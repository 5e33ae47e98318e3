import type { JsonValue } from '../platform/json.js';
import type { ProcessOwner } from '../platform/process-owner.js';

/** Version of the request format on the bus; a reader refuses what it does not know. */
export const APPROVAL_REQUEST_VERSION = 1;

/** How long an answer may stand for later calls, from narrow to wide. */
export type RememberScope = 'session' | 'project' | 'user';

/** A rule that asks for the approval, as records name it. */
export interface AskingRule {
  readonly layer: string;
  readonly name: string;
  /** What the rule's feedback says, for the person who answers. */
  readonly message: string | null;
}

/** A channel that could not deliver a request. */
interface Undelivered {
  readonly channel: string;
  /** In words, printable. */
  readonly why: string;
  /** Label of the wall clock, RFC 3339. */
  readonly at: string;
}

/**
 * A held call as every channel shows it. Plain data, since it is a file on the bus: names are those
 * of the audit log. It never holds anything that could answer it.
 */
export interface ApprovalRequest {
  readonly v: typeof APPROVAL_REQUEST_VERSION;
  /** `apr_` and 20 lower-case letters and digits. Made at random, and no secret. */
  readonly id: string;
  /** Binds answers to exactly this call: see binding.ts. */
  readonly digest: string;
  /** Joins the request with its decision record. */
  readonly request_id: string;
  readonly writer: string;
  /** The process that holds the call. A request whose owner is gone can release nothing. */
  readonly owner: ProcessOwner;
  readonly server: string;
  readonly agent: string | null;
  readonly client: string | null;
  readonly session: string | null;
  /** Absolute folder in which guard was started; project scope means this folder. */
  readonly project: string;
  readonly method: string;
  readonly tool: string | null;
  /** The resource or prompt that the request names. */
  readonly target: string | null;
  /** The arguments after redaction; null where they are too large to be shown whole. */
  readonly arguments: JsonValue;
  /** False where the arguments are too large to be shown whole: such a call can only be denied. */
  readonly arguments_complete: boolean;
  /** Bytes of the arguments as they came. */
  readonly arg_size: number;
  /** Digest of the tool's definition; null where the server's list was not seen. */
  readonly definition: string | null;
  readonly standing: 'unknown' | 'listed' | 'unlisted' | 'drifted';
  readonly destructive: boolean;
  readonly read_only: boolean;
  readonly rules: readonly AskingRule[];
  /** The channels that may answer. */
  readonly channels: readonly string[];
  /** The widest scope in which an answer may be remembered; null for never. */
  readonly remember: RememberScope | null;
  /** Labels of the wall clock, RFC 3339. The owner counts on a clock that does not jump. */
  readonly created_at: string;
  readonly expires_at: string;
  readonly timeout_ms: number;
  /** When the delegates were asked too; null before. */
  readonly escalated_at: string | null;
  /** Channels in which it is not shown, each once. */
  readonly undelivered: readonly Undelivered[];
  /** Fingerprint of the approvers of whom one must sign; null where any answer counts. */
  readonly approvers: string | null;
}
