import type { IncomingMessage } from 'node:http';
import { ERROR_CODES } from '../../jsonrpc/error-codes.js';
import { errorFrame } from '../../jsonrpc/replies.js';
import { REMOTE_ERROR_BODY_BYTES_MAX } from '../../platform/bounds.js';
import { isJsonObject, member, type JsonObject, type JsonValue } from '../../platform/json.js';
import { readBody, type Wire } from './exchange.js';
import { statusFailure, type FailureDetail, type RemoteFailure } from './failure.js';
import { messageLines } from './message-lines.js';
import type { Outgoing } from './outgoing.js';

interface RpcError {
  readonly code: number;
  readonly message: string;
  readonly data: JsonValue | undefined;
}

/**
 * What a response that is no success means for the message that was sent. A JSON-RPC error in its
 * body is the server's own answer: clients tell the eras apart by it, so it has to reach them.
 */
export async function refusalOf(
  wire: Wire,
  response: IncomingMessage,
  message: Outgoing,
  sentSession: boolean,
): Promise<RemoteFailure> {
  const status = response.statusCode ?? 0;
  const line = await errorLine(wire, response);
  const error = line === null ? null : rpcError(line);
  const answer = line === null || error === null ? undefined : answerFor(message, line, error, status);
  const sessionEnded = status === 404 && sentSession && error?.code !== ERROR_CODES.methodNotFound;
  const detail: FailureDetail = {
    spokeRpc: error !== null,
    sessionEnded,
    ...(answer === undefined ? {} : { answer }),
  };
  return statusFailure(wire.url, response, Object.hasOwn(wire.headers, 'authorization'), detail);
}

/** The body as one line of JSON-RPC; null where it is none, or too large to be one. */
async function errorLine(wire: Wire, response: IncomingMessage): Promise<Buffer | null> {
  const timer = setTimeout(() => response.destroy(), wire.headersMs);
  try {
    const lines = messageLines(await readBody(wire.url, response, REMOTE_ERROR_BODY_BYTES_MAX));
    return lines?.length === 1 ? (lines[0] ?? null) : null;
  } catch {
    // The status has been received and says enough.
    return null;
  } finally {
    clearTimeout(timer);
  }
}

function rpcError(line: Buffer): RpcError | null {
  const message = parsed(line);
  const error = message === null ? undefined : member(message, 'error');
  if (message === null || member(message, 'jsonrpc') !== '2.0' || !isJsonObject(error)) return null;
  const code = member(error, 'code');
  const text = member(error, 'message');
  return typeof code === 'number' && typeof text === 'string'
    ? { code, message: text, data: member(error, 'data') }
    : null;
}

/** The server's bytes if they name the request; if the server could not read its id, its error under that id. */
function answerFor(message: Outgoing, line: Buffer, error: RpcError, status: number): Buffer | undefined {
  if (message.kind !== 'request') return undefined;
  const answered = parsed(line);
  if (answered !== null && member(answered, 'id') === message.id) return line;
  // Guard says more about missing credentials than a server that did not even look at the message.
  if (status === 401 || status === 403) return undefined;
  const frame = errorFrame(message.id, error.code, error.message, error.data);
  return frame.subarray(0, -1);
}

function parsed(line: Buffer): JsonObject | null {
  try {
    const message: unknown = JSON.parse(line.toString('utf8'));
    return isJsonObject(message) ? message : null;
  } catch {
    return null;
  }
}
