import type { JsonValue } from '../platform/json.js';
import type { Mode } from '../platform/mode.js';

/** Version of the record format; a reader refuses what it does not know. */
export const AUDIT_RECORD_VERSION = 1;

export type Direction = 'client-to-server' | 'server-to-client';

/** Members that every record carries. */
export interface RecordBase {
  readonly v: typeof AUDIT_RECORD_VERSION;
  readonly type: 'session' | 'decision' | 'outcome' | 'refusal' | 'event' | 'checkpoint';
  /** RFC 3339, UTC, milliseconds. A label: order comes from `seq`. */
  readonly ts: string;
  /** The guard process that wrote the record. */
  readonly writer: string;
  /** Position of the record in its writer's sequence, from 1. */
  readonly seq: number;
  /** SHA-256, as lowercase hex, of the bytes of the writer's previous line without its line feed; null in its first. */
  readonly prev: string | null;
  readonly upstream: string;
  readonly session: string | null;
  readonly agent: string | null;
}

/** The first record of a writer: who runs what, under which policy. */
export interface SessionRecord extends RecordBase {
  readonly type: 'session';
  readonly guard_version: string;
  readonly pid: number;
  /** The server's command or URL without its arguments' secrets: the program and the argument count. */
  readonly command: string;
  readonly mode: Mode;
  /** Fingerprint of the approvers of whom one must sign each answer; null where any answer counts. */
  readonly approvers: string | null;
  /** sha256 of each config layer that is in force. */
  readonly config: readonly { readonly layer: string; readonly path: string; readonly digest: string }[];
}

export type RecordDecision =
  | 'allow'
  | 'deny'
  | 'require_approval'
  | 'dry_run'
  | 'limit'
  /** A request that policy does not govern. */
  | 'relay';

/** Written before a request is forwarded or answered. */
export interface DecisionRecord extends RecordBase {
  readonly type: 'decision';
  /** Joins the decision with its outcome. */
  readonly request_id: string;
  /** The JSON-RPC id as it stands in the message; null for notifications. */
  readonly rpc_id: string | number | null;
  readonly direction: Direction;
  readonly client: string | null;
  readonly era: string | null;
  readonly method: string;
  readonly tool: string | null;
  /** The resource or prompt that the request names. */
  readonly target: string | null;
  /** `sha256:` and the hex digest of the bytes of `arguments` as they came. */
  readonly arg_hash: string | null;
  readonly arg_size: number;
  readonly decision: RecordDecision;
  /** False where observe mode let a call pass that policy would have stopped. */
  readonly enforced: boolean;
  readonly rule: string | null;
  readonly layer: string | null;
  readonly reason: string | null;
  /** The approval that the call waits for, was released by or lacks; null where none is needed. */
  readonly approval: JsonValue;
  /** The pots that the call drew on, could not draw on, or would have drawn on. */
  readonly limits: JsonValue;
  /** Conditions that could not be evaluated and were counted the strict way. */
  readonly uncertain?: readonly string[] | undefined;
  /** Only in a dry run: what would have been decided. */
  readonly would?: 'allow' | 'require_approval' | 'deny' | undefined;
  /** The X-Request-Id of the HTTP request that brought it; only at the HTTP door. */
  readonly http_request_id?: string | undefined;
  /** The W3C trace context of the request, where it came with one. */
  readonly traceparent?: string | undefined;
  /** Only where `log_arguments` asks for them, redacted. */
  readonly arguments?: JsonValue | undefined;
}

export type RecordResult =
  /** The server answered with a result that is no tool error. */
  | 'ok'
  /** The server answered with a result that says `isError`. */
  | 'tool-error'
  /** The server answered with a JSON-RPC error. */
  | 'error'
  /** The server asked for input before it goes on. */
  | 'input-required'
  /** Guard answered in the server's place. */
  | 'denied'
  | 'dry-run'
  | 'cancelled'
  | 'server-gone'
  | 'garbled'
  | 'timeout'
  | 'client-gone';

/** Written when the request is over. */
export interface OutcomeRecord extends RecordBase {
  readonly type: 'outcome';
  readonly request_id: string;
  readonly method: string;
  readonly tool: string | null;
  readonly result: RecordResult;
  /** Milliseconds from the decision to the answer, three decimals. */
  readonly latency_ms: number;
  /** Bytes of the answer as the client got it. */
  readonly response_size: number;
  readonly error_code?: number | undefined;
  /** The X-Request-Id of the HTTP request that brought it; only at the HTTP door. */
  readonly http_request_id?: string | undefined;
  /** Only where `include_responses` asks for it, redacted. */
  readonly response?: JsonValue | undefined;
}

/** A line that never became a request: malformed, ambiguous, unsolicited, too large. */
export interface RefusalRecord extends RecordBase {
  readonly type: 'refusal';
  readonly direction: Direction;
  readonly reason: string;
  readonly detail: string;
  readonly size: number;
  readonly rpc_id: string | number | null;
  readonly method: string | null;
  /** The X-Request-Id of the HTTP request that brought it; only at the HTTP door. */
  readonly http_request_id?: string;
}

/** Something that happened to guard or the server: reload, drift, exit. */
export interface EventRecord extends RecordBase {
  readonly type: 'event';
  readonly event: string;
  readonly detail: JsonValue;
}

/** A signature over all that the writer wrote so far. */
export interface CheckpointRecord extends RecordBase {
  readonly type: 'checkpoint';
  /** Records of this writer in the log before this one. */
  readonly count: number;
  /** Whether it is the writer's last record. */
  readonly closing: boolean;
  /** Fingerprint of the key: `sha256:` and the hex digest of its public half as DER. */
  readonly key: string;
  /** Ed25519, as lowercase hex, over the bytes of the line before `,"signature"`. */
  readonly signature: string;
}

export type AuditRecord =
  | SessionRecord
  | DecisionRecord
  | OutcomeRecord
  | RefusalRecord
  | EventRecord
  | CheckpointRecord;
