import type { Direction } from '../audit/record.js';
import type { RpcId } from '../jsonrpc/message.js';
import type { Conversation, OpenRequest } from './conversation.js';

/** Starts the clock of a request and gives it the id under which it is recorded. */
export function openRequest(
  conversation: Conversation,
  method: string,
  tool: string | undefined,
  modern: boolean,
  cursor: string | undefined,
): OpenRequest {
  return {
    requestId: conversation.nextRequestId(),
    method,
    tool,
    modern,
    startedMs: conversation.options.clock.monotonicMs(),
    cursor,
    settled: false,
  };
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
    rpc_id: id,
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
  });
}
