import { ERROR_CODES } from '../../jsonrpc/error-codes.js';
import { errorFrame } from '../../jsonrpc/replies.js';
import { withoutMembers } from '../../jsonrpc/splice.js';
import { isJsonObject, member, type JsonObject, type JsonValue } from '../../platform/json.js';

const MODERN_RESULT = ['resultType', 'ttlMs', 'cacheScope'];
/** Errors about the way between guard and the server, which the client cannot mend. */
const OWN_FAULTS: ReadonlySet<unknown> = new Set([-32020, -32021, -32022]);

/** Modern servers decide themselves what becomes a task, so a client's wish for one is left out. */
export function withoutTask(line: Buffer, params: JsonValue | undefined): Buffer {
  return isJsonObject(params) && 'task' in params ? withoutMembers(line, ['params'], ['task']) : line;
}

/** A modern answer in the shape of the older era; `id` is the client's. */
export function legacyAnswer(line: Buffer, message: JsonObject, id: number): Buffer {
  const result = member(message, 'result');
  if (isJsonObject(result)) {
    return MODERN_RESULT.some((key) => key in result)
      ? withoutMembers(line, ['result'], MODERN_RESULT)
      : line;
  }
  const error = member(message, 'error');
  const code = isJsonObject(error) ? member(error, 'code') : undefined;
  if (!OWN_FAULTS.has(code)) return line;
  return errorFrame(
    id,
    ERROR_CODES.internalError,
    'guard: the server and guard do not understand each other',
    {
      failure_class: 'handshake',
    },
  );
}
