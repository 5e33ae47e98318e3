import type { JsonObject, JsonValue } from '../platform/json.js';
import type { RpcId } from './message.js';

/** A whole frame with a JSON-RPC error; the id keeps its type, null where none could be read. */
export function errorFrame(id: RpcId | null, code: number, message: string, data?: JsonValue): Buffer {
  const error: JsonObject = data === undefined ? { code, message } : { code, message, data };
  return frameOf({ jsonrpc: '2.0', id, error });
}

/** A whole frame with a JSON-RPC result. */
export function resultFrame(id: RpcId, result: JsonObject): Buffer {
  return frameOf({ jsonrpc: '2.0', id, result });
}

/** A whole frame with a request of guard's own. */
export function requestFrame(id: RpcId, method: string, params: JsonObject): Buffer {
  return frameOf({ jsonrpc: '2.0', id, method, params });
}

/** A whole frame with a notification of guard's own. */
export function notificationFrame(method: string, params: JsonObject): Buffer {
  return frameOf({ jsonrpc: '2.0', method, params });
}

/** One JSON value as a frame: its text and a line feed. */
function frameOf(message: JsonObject): Buffer {
  return Buffer.from(`${JSON.stringify(message)}\n`);
}
