import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as the server got it. */
export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** The body's message; empty where there is none. */
  readonly message: {
    readonly id?: string | number;
    readonly method?: string;
    readonly params?: Record<string, unknown>;
  };
  /** Resolves when the client has closed the connection, or the response is finished. */
  readonly gone: Promise<void>;
}

export interface ScriptedServer {
  readonly url: string;
  readonly origin: string;
  readonly received: Received[];
  close(): Promise<void>;
}

/** An HTTP server that does what a test says; it keeps what it received. */
export async function serve(
  respond: (request: Received, response: ServerResponse) => void | Promise<void>,
): Promise<ScriptedServer> {
  const received: Received[] = [];
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('error', () => undefined);
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      const gone = new Promise<void>((resolve) => {
        response.once('close', resolve);
      });
      const message = body === '' ? {} : (JSON.parse(body) as Received['message']);
      const { method = '', url = '', headers } = request;
      const seen = { method, url, headers, body, message, gone };
      received.push(seen);
      void respond(seen, response);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `${origin}/mcp`,
    origin,
    received,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

export function eventStream(response: ServerResponse, headers: Record<string, string> = {}): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', ...headers });
  response.flushHeaders();
}

/** The answer of a server that knows the legacy handshake and nothing else; false for other requests. */
export function handshake(
  { method, message }: Received,
  response: ServerResponse,
  session = 'session-1',
): boolean {
  if (message.method === 'initialize') {
    const result = {
      protocolVersion: '2025-11-25',
      capabilities: {},
      serverInfo: { name: 'scripted', version: '1' },
    };
    json(response, 200, { jsonrpc: '2.0', id: message.id, result }, { 'mcp-session-id': session });
    return true;
  }
  if (message.method === 'notifications/initialized') {
    response.writeHead(202).end();
    return true;
  }
  if (method === 'GET' || method === 'DELETE') {
    response.writeHead(405).end();
    return true;
  }
  return false;
}
