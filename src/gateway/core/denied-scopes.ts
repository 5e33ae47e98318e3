import type { Conversation } from '../../conversation/conversation.js';
import { clientRequestHandling } from '../../mcp/methods.js';
import { readTarget } from '../../mcp/request-target.js';
import { neededScopes } from '../../policy/needed-scopes.js';
import { isJsonObject, member, type JsonObject, type JsonValue } from '../../platform/json.js';

/** The scopes with which a denied request would not be denied; none where scopes would not help. */
export function scopesFor(
  conversation: Conversation,
  method: string,
  params: JsonObject | undefined,
): readonly string[] {
  const target = readTarget(method, params);
  if ('invalid' in target) return [];
  const subject = conversation.subject(method, clientRequestHandling(method) !== undefined, target);
  return neededScopes(conversation.options.policyInForce(), subject);
}

/** Why guard denied, as the machine form in its answer says it; undefined where the answer is no denial. */
export function denialReasonOf(answer: Buffer): string | undefined {
  const message = JSON.parse(answer.toString('utf8')) as JsonObject;
  const form = valueIn(message, 'result', '_meta', 'guard/denial') ?? valueIn(message, 'error', 'data');
  const reason = isJsonObject(form) ? member(form, 'reason') : undefined;
  return typeof reason === 'string' ? reason : undefined;
}

function valueIn(root: JsonValue, ...path: readonly string[]): JsonValue | undefined {
  let value: JsonValue | undefined = root;
  for (const step of path) value = isJsonObject(value) ? member(value, step) : undefined;
  return value;
}
