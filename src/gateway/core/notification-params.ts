import { isJsonObject, member, type JsonObject } from '../../platform/json.js';

/** Where a modern notification names its subscription. */
export const SUBSCRIPTION_PATH = ['params', '_meta', 'io.modelcontextprotocol/subscriptionId'] as const;

/** The listen request that a modern notification belongs to (2026-07-28, basic/patterns/subscriptions). */
export function subscriptionOf(params: JsonObject): number | undefined {
  const meta = member(params, '_meta');
  const id = isJsonObject(meta) ? member(meta, SUBSCRIPTION_PATH[2]) : undefined;
  return typeof id === 'number' ? id : undefined;
}

/** The params of a notification; none count as empty. */
export function paramsOf(line: Buffer): JsonObject {
  const message = JSON.parse(line.toString('utf8')) as JsonObject;
  const params = member(message, 'params');
  return isJsonObject(params) ? params : {};
}
