import { isJsonObject, member, type JsonObject, type JsonValue } from '../../platform/json.js';
import type { SessionClient } from '../upstreams/connection.js';

/** What a client of the older era said of itself in the params of `initialize`. */
export function legacyClient(params: JsonObject | undefined): SessionClient {
  return {
    era: 'legacy',
    capabilities: objectIn(params, 'capabilities'),
    clientInfo: objectIn(params, 'clientInfo'),
  };
}

/**
 * What a server that is started for a modern agent is told of it. An older server asks once for what a
 * modern client says with each request, so it is told all that guard can carry; whether the client of a
 * call has it is looked at when the server asks.
 */
export function modernClient(params: JsonObject | undefined): SessionClient {
  const meta = objectIn(params, '_meta');
  return {
    era: 'modern',
    capabilities: { elicitation: { form: {}, url: {} }, sampling: { tools: {}, context: {} }, roots: {} },
    clientInfo: objectIn(meta, 'io.modelcontextprotocol/clientInfo'),
  };
}

function objectIn(object: JsonObject | undefined, key: string): JsonObject {
  const value: JsonValue | undefined = object === undefined ? undefined : member(object, key);
  return isJsonObject(value) ? value : {};
}
