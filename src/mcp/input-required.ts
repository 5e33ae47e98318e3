import { isJsonObject, member, type JsonObject } from '../platform/json.js';
import { serverRequestHandling } from './methods.js';

/** A question of the server to the client that travels inside an answer. */
export interface InputRequest {
  readonly method: string;
  readonly params: JsonObject | undefined;
  /** Whether the protocol defines the method. */
  readonly known: boolean;
}

/**
 * The questions in an answer: `result.inputRequests` of the modern era (2026-07-28,
 * basic/patterns/mrtr), or the URLs of error -32042 (2025-11-25, client/elicitation).
 */
export function inputRequestsOf(message: JsonObject): InputRequest[] {
  const result = member(message, 'result');
  const requests = isJsonObject(result) ? member(result, 'inputRequests') : undefined;
  if (isJsonObject(requests)) return Object.values(requests).filter(isJsonObject).map(questionOf);
  const error = member(message, 'error');
  const data = isJsonObject(error) ? member(error, 'data') : undefined;
  const elicitations = isJsonObject(data) ? member(data, 'elicitations') : undefined;
  if (!Array.isArray(elicitations)) return [];
  return elicitations
    .filter(isJsonObject)
    .map((params) => ({ method: 'elicitation/create', params, known: true }));
}

function questionOf(request: JsonObject): InputRequest {
  const method = member(request, 'method');
  const params = member(request, 'params');
  const name = typeof method === 'string' ? method : '';
  return {
    method: name,
    params: isJsonObject(params) ? params : undefined,
    known: serverRequestHandling(name) !== undefined,
  };
}
