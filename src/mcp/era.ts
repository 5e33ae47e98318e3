import { isJsonObject, member, type JsonObject } from '../platform/json.js';

/** The first stateless revision. */
export const MODERN_REVISION = '2026-07-28';
/** The revisions with a handshake, the newest first. */
export const LEGACY_REVISIONS: readonly string[] = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'];
const META_PROTOCOL_VERSION = 'io.modelcontextprotocol/protocolVersion';
const META_CLIENT_INFO = 'io.modelcontextprotocol/clientInfo';
const META_CLIENT_CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';

/** The `_meta` of a modern request. */
export function modernEnvelope(clientInfo: JsonObject, capabilities: JsonObject): JsonObject {
  return {
    [META_PROTOCOL_VERSION]: MODERN_REVISION,
    [META_CLIENT_INFO]: clientInfo,
    [META_CLIENT_CAPABILITIES]: capabilities,
  };
}

/**
 * Whether a request carries the modern era's envelope. An answer that guard invents takes its
 * shape from the request it answers, since several conversations may share one pipe.
 */
export function isModernRequest(params: JsonObject | undefined): boolean {
  const meta = params === undefined ? undefined : member(params, '_meta');
  return isJsonObject(meta) && typeof member(meta, META_PROTOCOL_VERSION) === 'string';
}

/** The protocol revision that the server's answer to `initialize` or `server/discover` shows. */
export function revisionOf(method: string, result: JsonObject): string | undefined {
  if (method === 'initialize') {
    const version = member(result, 'protocolVersion');
    return typeof version === 'string' ? version : undefined;
  }
  const supported = member(result, 'supportedVersions');
  if (!Array.isArray(supported)) return undefined;
  const versions = supported.filter((version) => typeof version === 'string');
  return versions.includes(MODERN_REVISION) ? MODERN_REVISION : versions[0];
}

/** The name that the client gives itself, from `initialize` or from a modern request's envelope. A claim. */
export function clientNameOf(params: JsonObject | undefined): string | undefined {
  if (params === undefined) return undefined;
  const meta = member(params, '_meta');
  const info =
    member(params, 'clientInfo') ?? (isJsonObject(meta) ? member(meta, META_CLIENT_INFO) : undefined);
  const name = isJsonObject(info) ? member(info, 'name') : undefined;
  return typeof name === 'string' ? name : undefined;
}
