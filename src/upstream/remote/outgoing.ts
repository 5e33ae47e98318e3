import type { RpcId } from '../../jsonrpc/message.js';
import { isJsonObject, member, type JsonObject } from '../../platform/json.js';

const META_PROTOCOL_VERSION = 'io.modelcontextprotocol/protocolVersion';

/** A frame on its way to the remote server, with what its HTTP request depends on. */
export type Outgoing = OutgoingRequest | OutgoingNotification | OutgoingResponse;

interface OutgoingCall {
  /** The frame without its line ending; what is sent. */
  readonly bytes: Buffer;
  readonly method: string;
  readonly params: JsonObject | undefined;
  /** The revision that the message's own envelope names; only the modern era has one. */
  readonly revision: string | undefined;
}

export interface OutgoingRequest extends OutgoingCall {
  readonly kind: 'request';
  readonly id: RpcId;
}

export interface OutgoingNotification extends OutgoingCall {
  readonly kind: 'notification';
}

interface OutgoingResponse {
  readonly kind: 'response';
  readonly bytes: Buffer;
}

/** Reads a frame that the client's lane let through, so it is strict JSON-RPC; null for anything else. */
export function readOutgoing(bytes: Buffer): Outgoing | null {
  const message = parsed(bytes);
  if (message === null) return null;
  const method = member(message, 'method');
  if (method === undefined) return { kind: 'response', bytes };
  if (typeof method !== 'string') return null;
  const given = member(message, 'params');
  const params = isJsonObject(given) ? given : undefined;
  const call = { bytes, method, params, revision: revisionOf(params) };
  const id = member(message, 'id');
  if (id === undefined) return { kind: 'notification', ...call };
  if (typeof id !== 'string' && typeof id !== 'number') return null;
  return { kind: 'request', id, ...call };
}

function revisionOf(params: JsonObject | undefined): string | undefined {
  const meta = params === undefined ? undefined : member(params, '_meta');
  const revision = isJsonObject(meta) ? member(meta, META_PROTOCOL_VERSION) : undefined;
  return typeof revision === 'string' ? revision : undefined;
}

function parsed(bytes: Buffer): JsonObject | null {
  try {
    const message: unknown = JSON.parse(bytes.toString('utf8'));
    return isJsonObject(message) ? message : null;
  } catch {
    return null;
  }
}
