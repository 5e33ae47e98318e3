import { HttpConnection, type HttpAnswer } from './http-connection.js';

export type ClientEra = 'legacy' | 'modern';

/** A JSON-RPC message as it came. */
interface Message {
  readonly id?: number | string | null;
  readonly method?: string;
  readonly params?: {
    readonly progressToken?: unknown;
    readonly progress?: number;
    readonly message?: string;
  };
  readonly result?: { readonly content?: readonly { readonly text?: string }[]; readonly isError?: boolean };
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}

/** What came back for one request: its answer, and the notifications that came before it. */
export interface Exchange {
  readonly status: number;
  readonly bytes: number;
  readonly answer: Message | undefined;
  /** An error that names no request, as for a session that is not known. */
  readonly refusal: Message['error'] | undefined;
  /** Answers with another id, which belong to somebody else. */
  readonly strangers: readonly Message[];
  readonly notifications: readonly Message[];
}

const REVISIONS = { legacy: '2025-11-25', modern: '2026-07-28' } as const;
const INFO = { name: 'peer', version: '1' };
const ENVELOPE = {
  'io.modelcontextprotocol/protocolVersion': REVISIONS.modern,
  'io.modelcontextprotocol/clientInfo': INFO,
  'io.modelcontextprotocol/clientCapabilities': {},
};

/** An MCP client of one era over one connection, one request at a time, with ids of the caller's choice. */
export class McpClient {
  readonly #url: string;
  readonly #connection: HttpConnection;
  readonly #path: string;
  readonly #era: ClientEra;
  #session: string | undefined;

  constructor(url: string, era: ClientEra) {
    this.#url = url;
    const { port, hostname, pathname } = new URL(url);
    this.#connection = new HttpConnection(Number(port), hostname);
    this.#path = pathname;
    this.#era = era;
  }

  /** The handshake of the older era; the newer one has none. */
  async open(): Promise<void> {
    if (this.#era === 'modern') return;
    this.#session = undefined;
    const params = { protocolVersion: REVISIONS.legacy, capabilities: {}, clientInfo: INFO };
    const answer = await this.#post(JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'initialize', params }));
    if (answer.status !== 200) throw new Error(`initialize: ${answer.status} ${answer.body.toString()}`);
    this.#session = answer.headers.get('mcp-session-id');
    await this.#post('{"jsonrpc":"2.0","method":"notifications/initialized"}');
  }

  /** The same client over one more connection: in the older era, in the same session. */
  sibling(): McpClient {
    const sibling = new McpClient(this.#url, this.#era);
    sibling.#session = this.#session;
    return sibling;
  }

  async request(id: number | string, method: string, params: object = {}): Promise<Exchange> {
    const answer = await this.#post(this.body(id, method, params), this.headers(method, params));
    return readExchange(id, answer);
  }

  call(id: number | string, name: string, args: object, progressToken?: number | string): Promise<Exchange> {
    const meta = progressToken === undefined ? {} : { _meta: { progressToken } };
    return this.request(id, 'tools/call', { name, arguments: args, ...meta });
  }

  /** Ends the session as a client should. */
  async end(): Promise<void> {
    if (this.#session !== undefined) {
      await this.#connection.request('DELETE', this.#path, this.headers('', {}));
    }
    this.close();
  }

  /** Goes away without a word. */
  close(): void {
    this.#connection.close();
  }

  /** The bytes of a request, for callers that send the same one many times. */
  body(id: number | string, method: string, params: object): string {
    const { _meta: meta, ...rest } = params as { readonly _meta?: object };
    const whole = this.#era === 'modern' ? { ...rest, _meta: { ...ENVELOPE, ...meta } } : params;
    return JSON.stringify({ jsonrpc: '2.0', id, method, params: whole });
  }

  headers(method: string, params: object): Record<string, string> {
    const { name } = params as { readonly name?: string };
    const common = {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': REVISIONS[this.#era],
    };
    if (this.#era === 'modern') {
      return { ...common, 'mcp-method': method, ...(name === undefined ? {} : { 'mcp-name': name }) };
    }
    return this.#session === undefined ? common : { ...common, 'mcp-session-id': this.#session };
  }

  /** One prepared request, unread. */
  raw(headers: Readonly<Record<string, string>>, body: string): Promise<HttpAnswer> {
    return this.#connection.request('POST', this.#path, headers, body);
  }

  #post(body: string, headers = this.headers('', {})): Promise<HttpAnswer> {
    return this.raw(headers, body);
  }
}

function readExchange(id: number | string, { status, headers, body }: HttpAnswer): Exchange {
  const messages = messagesOf(headers.get('content-type') ?? '', body.toString('utf8'));
  return {
    status,
    bytes: body.length,
    answer: messages.find((message) => message.method === undefined && message.id === id),
    refusal: messages.find((message) => message.error !== undefined && message.id === null)?.error,
    strangers: messages.filter(
      (message) => message.method === undefined && message.id !== id && message.id !== null,
    ),
    notifications: messages.filter(({ method }) => method !== undefined),
  };
}

function messagesOf(type: string, text: string): Message[] {
  if (type.startsWith('application/json')) return [JSON.parse(text) as Message];
  if (!type.startsWith('text/event-stream')) return [];
  return text
    .split(/\r?\n\r?\n/)
    .map((event) =>
      event
        .split(/\r?\n/)
        .filter((line) => line.startsWith('data:'))
        .map((line) => line.slice(5).trimStart())
        .join('\n'),
    )
    .filter((data) => data !== '')
    .map((data) => JSON.parse(data) as Message);
}
