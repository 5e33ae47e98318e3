import { ERROR_CODES } from '../../jsonrpc/error-codes.js';
import { errorFrame } from '../../jsonrpc/replies.js';
import { isJsonObject, member, type JsonObject } from '../../platform/json.js';
import { jsonBytes, withValueAt } from '../../jsonrpc/rewrite.js';
import type { Question } from './asking-calls.js';
import { SUBSCRIPTION_ID, withFirstMember, withMeta } from './envelope.js';
import { messageLine, objectText } from './member-texts.js';

/** Methods whose modern results say how long they may be kept (2026-07-28, basic/utilities/caching). */
const CACHED: ReadonlySet<unknown> = new Set([
  'tools/list',
  'prompts/list',
  'resources/list',
  'resources/templates/list',
  'resources/read',
]);
const SHAPE = [['resultType', '"complete"']] as const;
const CACHE_SHAPE = [
  ['ttlMs', '0'],
  ['cacheScope', '"private"'],
] as const;
const RESOURCE_NOT_FOUND = -32002;

/** The resources that a client listens to. */
export function urisIn(filter: JsonObject): string[] {
  const uris = member(filter, 'resourceSubscriptions');
  return Array.isArray(uris) ? uris.filter((uri) => typeof uri === 'string') : [];
}

/** A notification with the subscription that it belongs to. */
export function tagged(line: Buffer, id: number): Buffer {
  return withMeta(line, `"${SUBSCRIPTION_ID}":${id}`);
}

/** The questions of a server of the older era as an answer to the call that made it ask. */
export function inputRequired(id: number, questions: readonly Question[], handle: string): Buffer {
  const requests = questions.map(({ key, method, params }) => {
    const members = new Map([['method', jsonBytes(method)]]);
    if (params !== undefined) members.set('params', params);
    return [key, objectText(members)] as const;
  });
  const result = new Map([
    ['resultType', jsonBytes('input_required')],
    ['inputRequests', objectText(new Map(requests))],
    ['requestState', jsonBytes(handle)],
  ]);
  return messageLine([
    ['id', jsonBytes(id)],
    ['result', objectText(result)],
  ]);
}

/** The answer to a question of the server that nobody answers; `id` is its JSON text. */
export function questionError(id: Buffer, message: string): Buffer {
  return withValueAt(errorFrame(0, ERROR_CODES.methodNotFound, `guard: ${message}`), ['id'], id);
}

/** A legacy answer in the shape of the modern era. */
export function modernAnswer(line: Buffer, message: JsonObject, method: string): Buffer {
  const result = member(message, 'result');
  if (!isJsonObject(result)) {
    const error = member(message, 'error');
    const code = isJsonObject(error) ? member(error, 'code') : undefined;
    return code === RESOURCE_NOT_FOUND
      ? withValueAt(line, ['error', 'code'], Buffer.from(String(ERROR_CODES.invalidParams)))
      : line;
  }
  const shape = CACHED.has(method) ? [...SHAPE, ...CACHE_SHAPE] : SHAPE;
  // A server of both eras may have said it already, and no member may stand there twice.
  const members = shape
    .filter(([key]) => !Object.hasOwn(result, key))
    .map(([key, text]) => `"${key}":${text}`);
  return withFirstMember(line, ['result'], members.join(','));
}
