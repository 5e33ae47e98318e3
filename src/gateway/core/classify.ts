import { ERROR_CODES } from '../../jsonrpc/error-codes.js';
import type { IncomingHttpHeaders } from 'node:http';
import type { ByteSpan, Message } from '../../jsonrpc/message.js';
import { spansAt } from '../../jsonrpc/splice.js';
import { isModernRequest, LEGACY_REVISIONS, MODERN_REVISION } from '../../mcp/era.js';
import { isJsonObject, member, type JsonObject } from '../../platform/json.js';
import { NAME_SOURCE } from '../../upstream/remote/mirrored-headers.js';

/** Which era a POST belongs to, or why it is refused. */
export type Classified =
  | { readonly kind: 'legacy' }
  | { readonly kind: 'modern' }
  | {
      readonly kind: 'refused';
      readonly status: number;
      readonly code: number;
      readonly message: string;
      readonly data?: JsonObject;
    };

const HEADER_MISMATCH = -32020;
const UNSUPPORTED_VERSION = -32022;
const META_CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';
const META_VERSION = 'io.modelcontextprotocol/protocolVersion';
const BASE64 = /^=\?base64\?([A-Za-z0-9+/]*={0,2})\?=$/i;
const LEGACY: ReadonlySet<string> = new Set(LEGACY_REVISIONS);

/**
 * Decides by the body, and holds the headers that mirror it against it (2026-07-28,
 * basic/transports/streamable-http): what a proxy in front routed by is what is run.
 */
export function classify(headers: IncomingHttpHeaders, message: Message): Classified {
  const version = single(headers, 'mcp-protocol-version');
  if (message.kind === 'response') return legacyVersion(version);
  const enveloped = isModernRequest(message.params);
  if (message.method === 'initialize' && !enveloped) return { kind: 'legacy' };
  if (!enveloped) {
    if (version !== MODERN_REVISION) return legacyVersion(version);
    if (message.kind === 'notification') return { kind: 'modern' };
    return refused(ERROR_CODES.invalidParams, `expected the envelope of ${MODERN_REVISION} in params._meta`);
  }
  const meta = member(message.params as JsonObject, '_meta') as JsonObject;
  const claimed = member(meta, META_VERSION);
  if (version !== claimed) {
    return refused(HEADER_MISMATCH, `Header mismatch: MCP-Protocol-Version does not match the body`);
  }
  if (claimed !== MODERN_REVISION) {
    const data = { supported: [MODERN_REVISION], requested: claimed ?? null };
    return refused(UNSUPPORTED_VERSION, 'Unsupported protocol version', data);
  }
  if (!isJsonObject(member(meta, META_CAPABILITIES))) {
    return refused(ERROR_CODES.invalidParams, `expected ${META_CAPABILITIES} in params._meta`);
  }
  if (REMOVED.has(message.method)) {
    return { kind: 'refused', status: 404, code: ERROR_CODES.methodNotFound, message: 'Method not found' };
  }
  return mirrored(headers, message.method, message.params as JsonObject);
}

/** Methods that the modern era does not have any more. */
const REMOVED: ReadonlySet<string> = new Set([
  'initialize',
  'ping',
  'logging/setLevel',
  'resources/subscribe',
  'resources/unsubscribe',
  'tasks/list',
  'tasks/result',
]);

function legacyVersion(version: string | undefined): Classified {
  if (version === undefined || LEGACY.has(version)) return { kind: 'legacy' };
  if (version === MODERN_REVISION) return { kind: 'modern' };
  return refused(UNSUPPORTED_VERSION, 'Unsupported protocol version', {
    supported: [MODERN_REVISION],
    requested: version,
  });
}

function mirrored(headers: IncomingHttpHeaders, method: string, params: JsonObject): Classified {
  const shown = single(headers, 'mcp-method');
  if (shown !== method) return mismatch('Mcp-Method', shown);
  const key = NAME_SOURCE.get(method);
  const name = key === undefined ? undefined : member(params, key);
  if (typeof name !== 'string') return { kind: 'modern' };
  const header = decoded(single(headers, 'mcp-name'));
  return header === name ? { kind: 'modern' } : mismatch('Mcp-Name', header);
}

function mismatch(header: string, value: string | undefined): Classified {
  const said = value === undefined ? 'is missing' : 'does not match the body';
  return refused(HEADER_MISMATCH, `Header mismatch: ${header} ${said}`);
}

function refused(code: number, message: string, data?: JsonObject): Classified {
  return data === undefined
    ? { kind: 'refused', status: 400, code, message }
    : { kind: 'refused', status: 400, code, message, data };
}

/** A header's one value, without white space at its ends; undefined where it is missing. */
export function single(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return (Array.isArray(value) ? value.join(', ') : value)?.trim();
}

/** The value behind a header that may be written in base64; undefined where that is broken. */
export function decoded(value: string | undefined): string | undefined {
  const [, encoded] = value === undefined ? [] : (BASE64.exec(value) ?? []);
  if (encoded === undefined) return value;
  const bytes = Buffer.from(encoded, 'base64');
  // Node skips what is no base64; what was meant must be what is read.
  return bytes.toString('base64') === encoded ? bytes.toString('utf8') : undefined;
}

/** The level from which a modern request wants log messages; undefined where it wants none. */
export function logLevelOf(params: JsonObject | undefined): string | undefined {
  const meta = params === undefined ? undefined : member(params, '_meta');
  const level = isJsonObject(meta) ? member(meta, 'io.modelcontextprotocol/logLevel') : undefined;
  return typeof level === 'string' ? level : undefined;
}

/** Where the progress token of a request stands; undefined where it has none. */
export function tokenSpan(params: JsonObject | undefined, line: Buffer): ByteSpan | undefined {
  const meta = params === undefined ? undefined : member(params, '_meta');
  if (!isJsonObject(meta) || member(meta, 'progressToken') === undefined) return undefined;
  return spansAt(line, ['params', '_meta', 'progressToken'])[0];
}
