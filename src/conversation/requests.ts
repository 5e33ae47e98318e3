import type { Direction } from '../audit/record.js';
import { ERROR_CODES } from '../jsonrpc/error-codes.js';
import type { RpcId } from '../jsonrpc/message.js';
import { errorFrame } from '../jsonrpc/replies.js';
import type { JsonObject } from '../platform/json.js';
import { traceContextOf } from '../platform/trace-context.js';
import type { Conversation, OpenRequest } from './conversation.js';

/** Starts the clock of a request and gives it the id under which it is recorded. */
export function openRequest(
  conversation: Conversation,
  method: string,
  tool: string | undefined,
  modern: boolean,
  cursor: string | undefined,
  params?: JsonObject,
): OpenRequest {
  return {
    requestId: conversation.nextRequestId(),
    method,
    tool,
    modern,
    startedMs: conversation.options.clock.monotonicMs(),
    cursor,
    origin: conversation.origin,
    // What the message says counts before what its transport says (OpenTelemetry, semantic conventions for MCP).
    traceparent: traceContextOf(params)?.traceparent ?? conversation.origin?.traceparent,
    settled: false,
  };
}

/** The same request again, after it was held: it keeps its id, and its clock counts the server's time only. */
export function reopened(conversation: Conversation, open: OpenRequest): OpenRequest {
  return { ...open, startedMs: conversation.options.clock.monotonicMs(), settled: false };
}

/** Records a request that policy does not judge. */
export function recordRelayed(
  conversation: Conversation,
  open: OpenRequest,
  id: RpcId,
  direction: Direction,
): void {
  conversation.options.trail.decision({
    request_id: open.requestId,
    rpc_id: open.origin === undefined ? id : open.origin.rpcId,
    direction,
    method: open.method,
    tool: null,
    target: null,
    arg_hash: null,
    arg_size: 0,
    decision: 'relay',
    enforced: true,
    rule: null,
    layer: null,
    reason: null,
    approval: null,
    limits: null,
    ...(open.traceparent === undefined ? {} : { traceparent: open.traceparent }),
    ...(open.origin === undefined ? {} : { http_request_id: open.origin.httpRequestId }),
  });
}

/** The error for a request of the server, or an answer with questions, whose record could not be written. */
export function unrecordedFrame(id: RpcId, requestId: string | null): Buffer {
  const message = 'guard: the audit log cannot be written, and nothing runs unrecorded';
  return errorFrame(id, ERROR_CODES.denied, message, { request_id: requestId });
}

/** The error for a question of the server that a rule would have a person approve: it cannot be kept. */
export function unholdableFrame(id: RpcId, requestId: string): Buffer {
  const message =
    'guard: a person would have to approve this, and a message of the server cannot wait for one';
  return errorFrame(id, ERROR_CODES.denied, message, { request_id: requestId });
}
