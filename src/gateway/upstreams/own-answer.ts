import type { RpcId } from '../../jsonrpc/message.js';
import { isJsonObject, member, parseJson, type JsonObject, type JsonValue } from '../../platform/json.js';

/** Begins the ids of the connection's own requests; those of the gateway's callers are numbers. */
export const OWN_PREFIX = 'guard-';

/** Whether an id is that of a request of guard's own. */
export function isOwnId(id: RpcId): boolean {
  return typeof id === 'string' && id.startsWith(OWN_PREFIX);
}

/** What became of a request of guard's own. */
export type OwnAnswer =
  | { readonly kind: 'result'; readonly result: JsonObject }
  | {
      readonly kind: 'error';
      readonly code: number | undefined;
      readonly message: string;
      readonly data: JsonValue | undefined;
      /** There is one where the message met trouble on its way over HTTP. */
      readonly transport: TransportTrouble | undefined;
    }
  /** No answer within the time. */
  | { readonly kind: 'silent' }
  /** The server is gone. */
  | { readonly kind: 'gone'; readonly description: string };

/** How a message over HTTP failed; without a status there was no response. */
export interface TransportTrouble {
  readonly status: number | undefined;
  readonly message: string;
  /** Whether the server answered in JSON-RPC all the same. */
  readonly answered: boolean;
  /** Whether it answered something that is no message. */
  readonly garbled: boolean;
}

/** Reads the line of an answer whose JSON is known to be sound. */
export function readOwnAnswer(line: Buffer, transport: TransportTrouble | undefined): OwnAnswer {
  const message = parseJson(line.toString('utf8'));
  const found = isJsonObject(message) ? message : {};
  const result = member(found, 'result');
  if (isJsonObject(result)) return { kind: 'result', result };
  const error = member(found, 'error');
  if (!isJsonObject(error)) {
    const text = 'the result is no object';
    return { kind: 'error', code: undefined, message: text, data: undefined, transport: undefined };
  }
  const code = member(error, 'code');
  const text = member(error, 'message');
  return {
    kind: 'error',
    code: typeof code === 'number' ? code : undefined,
    message: typeof text === 'string' ? text : 'an error without a message',
    data: member(error, 'data'),
    transport,
  };
}
