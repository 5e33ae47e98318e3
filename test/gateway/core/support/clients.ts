import type { Principal } from '../../../../src/gateway/identity/principal.js';
import type { JsonObject } from '../../../../src/platform/json.js';
import type { FakeReply } from './fake-reply.js';
import { ADA, type TestCore } from './test-core.js';

const MODERN = '2026-07-28';
const PREFIX = 'io.modelcontextprotocol/';

/** A client of the older era in its session. */
export interface LegacyClient {
  readonly session: string;
  readonly greeting: JsonObject;
  request(id: number | string, method: string, params?: JsonObject): FakeReply;
  notify(method: string, params?: JsonObject): FakeReply;
  /** Answers a question of the server. */
  respond(id: unknown, result: JsonObject): FakeReply;
  listen(): FakeReply;
  end(): FakeReply;
}

export interface LegacyOptions {
  readonly who?: Principal;
  readonly upstream?: string;
  readonly capabilities?: JsonObject;
}

const CAPABILITIES = { elicitation: {}, sampling: {}, roots: {} };

/** Begins a session. */
export async function legacyClient(test: TestCore, options: LegacyOptions = {}): Promise<LegacyClient> {
  const { who = ADA, upstream, capabilities = CAPABILITIES } = options;
  const path = upstream === undefined ? { who } : { who, upstream };
  const params = {
    protocolVersion: '2025-11-25',
    capabilities,
    clientInfo: { name: 'client', version: '1' },
  };
  const reply = test.post({ jsonrpc: '2.0', id: 'init', method: 'initialize', params }, path);
  const greeting = await reply.answered();
  const session = reply.headers['mcp-session-id'];
  if (session === undefined) throw new Error(`no session: ${JSON.stringify(greeting)}`);
  const headers = { 'mcp-session-id': session, 'mcp-protocol-version': '2025-11-25' };
  const post = (body: JsonObject): FakeReply => test.post({ jsonrpc: '2.0', ...body }, { ...path, headers });
  return {
    session,
    greeting,
    request: (id, method, given) => post({ id, method, ...(given === undefined ? {} : { params: given }) }),
    notify: (method, given) => post({ method, ...(given === undefined ? {} : { params: given }) }),
    respond: (id, result) => post({ id: id as string, result }),
    listen: () => test.exchange('GET', '', { ...path, headers }),
    end: () => test.exchange('DELETE', '', { ...path, headers }),
  };
}

export interface ModernOptions {
  readonly who?: Principal;
  readonly upstream?: string;
  readonly capabilities?: JsonObject;
  readonly meta?: JsonObject;
  readonly headers?: Record<string, string>;
}

/** Sends one request of a modern client, with the headers that mirror it. */
export function modernRequest(
  test: TestCore,
  id: number | string,
  method: string,
  params: JsonObject = {},
  options: ModernOptions = {},
): FakeReply {
  const { who = ADA, upstream, capabilities = {}, meta = {}, headers = {} } = options;
  const _meta = {
    [`${PREFIX}protocolVersion`]: MODERN,
    [`${PREFIX}clientInfo`]: { name: 'modern', version: '1' },
    [`${PREFIX}clientCapabilities`]: capabilities,
    ...meta,
  };
  const name = params['name'] ?? params['uri'] ?? params['taskId'];
  return test.post(
    { jsonrpc: '2.0', id, method, params: { ...params, _meta } },
    {
      who,
      ...(upstream === undefined ? {} : { upstream }),
      headers: {
        'mcp-protocol-version': MODERN,
        'mcp-method': method,
        ...(typeof name === 'string' ? { 'mcp-name': name } : {}),
        ...headers,
      },
    },
  );
}
