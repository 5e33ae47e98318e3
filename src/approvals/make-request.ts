import { APPROVAL_SHOWN_BYTES_MAX } from '../platform/bounds.js';
import type { JsonValue } from '../platform/json.js';
import type { ProcessOwner } from '../platform/process-owner.js';
import type { AskedCall } from './asked-call.js';
import { APPROVAL_REQUEST_VERSION, type ApprovalRequest } from './request.js';

/** Who holds calls: the parts of every request that one guard process fixes. */
export interface Holder {
  readonly writer: string;
  readonly owner: ProcessOwner;
  /** Absolute folder in which guard was started. */
  readonly project: string;
  /** Fingerprint of the approvers of whom one must sign; null where any answer counts. */
  readonly approvers: string | null;
  /** Takes secrets out of what is shown. */
  readonly redact: (value: JsonValue) => JsonValue;
  /** Takes exact secrets out of the rest: a session or an agent can be named after one. */
  readonly hide?: (request: ApprovalRequest) => ApprovalRequest;
}

/** The request as channels show it. `createdMs` is wall-clock time, a label. */
export function makeRequest(id: string, call: AskedCall, holder: Holder, createdMs: number): ApprovalRequest {
  const { terms } = call;
  const complete = call.argSize <= APPROVAL_SHOWN_BYTES_MAX;
  const request: ApprovalRequest = {
    v: APPROVAL_REQUEST_VERSION,
    id,
    digest: call.digest,
    request_id: call.requestId,
    writer: holder.writer,
    owner: holder.owner,
    server: call.server,
    agent: call.agent,
    client: call.client,
    session: call.session,
    project: holder.project,
    method: call.method,
    tool: call.tool,
    target: call.target,
    arguments: complete ? holder.redact(call.arguments) : null,
    arguments_complete: complete,
    arg_size: call.argSize,
    definition: call.definition,
    standing: call.standing,
    destructive: call.destructive,
    read_only: call.readOnly,
    rules: terms.rules,
    channels: terms.channels,
    remember: terms.remember,
    created_at: timeLabel(createdMs),
    expires_at: timeLabel(createdMs + terms.timeoutMs),
    timeout_ms: terms.timeoutMs,
    escalated_at: null,
    undelivered: [],
    approvers: holder.approvers,
  };
  return holder.hide?.(request) ?? request;
}

/** RFC 3339 in UTC with milliseconds. */
export function timeLabel(wallMs: number): string {
  return new Date(wallMs).toISOString();
}
