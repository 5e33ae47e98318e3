import { ERROR_CODES } from '../../jsonrpc/error-codes.js';
import type { Refusal } from '../../platform/http/door-check.js';

const CODES: ReadonlyMap<number, number> = new Map([
  [413, ERROR_CODES.frameTooLarge],
  [429, ERROR_CODES.tooManyPending],
  [500, ERROR_CODES.internalError],
  [503, ERROR_CODES.tooManyPending],
]);

/** The body of a refusal: a JSON-RPC error on MCP paths, where the request's id is not known yet. */
export function errorBody({ status, message }: Pick<Refusal, 'status' | 'message'>, isMcp: boolean): string {
  if (!isMcp) return JSON.stringify({ error: message });
  const code = CODES.get(status) ?? ERROR_CODES.invalidRequest;
  return JSON.stringify({ jsonrpc: '2.0', id: null, error: { code, message } });
}
