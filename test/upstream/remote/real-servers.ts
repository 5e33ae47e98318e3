import { spawn } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import { createRequire } from 'node:module';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import { Readable } from 'node:stream';
import { createMcpHandler, McpServer, type McpHttpHandler } from '@modelcontextprotocol/server';
import { z } from 'zod';

export interface RealServer {
  readonly url: string;
  close(): Promise<void>;
}

/** The published reference server, over the transport that is asked for. */
export async function everythingServer(mode: 'streamableHttp' | 'sse'): Promise<RealServer> {
  const require = createRequire(import.meta.url);
  const folder = path.dirname(require.resolve('@modelcontextprotocol/server-everything/package.json'));
  const port = await freePort();
  const child = spawn(process.execPath, [path.join(folder, 'dist', 'index.js'), mode], {
    env: { ...process.env, PORT: String(port) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString('utf8');
      if (stderr.includes(String(port))) resolve();
    });
    child.once('exit', () => reject(new Error(`the server did not start: ${stderr}`)));
  });
  return {
    url: `http://127.0.0.1:${port}/${mode === 'sse' ? 'sse' : 'mcp'}`,
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

export interface DualEraServer extends RealServer {
  readonly handler: McpHttpHandler;
  /** Headers of the requests so far, by lower-case name. */
  readonly received: http.IncomingHttpHeaders[];
  /** What became of the calls of `wait`, which only their client can end. */
  readonly waits: { started: number; cancelled: number };
}

/** A server of both eras, as SDK v2 builds them. */
export async function dualEraServer(legacy: 'stateless' | 'reject' = 'stateless'): Promise<DualEraServer> {
  const waits = { started: 0, cancelled: 0 };
  const handler = createMcpHandler(
    () => {
      const server = new McpServer(
        { name: 'dual', version: '1' },
        { capabilities: { tools: { listChanged: true } } },
      );
      server.registerTool('echo', { inputSchema: z.object({ text: z.string() }) }, ({ text }) => ({
        content: [{ type: 'text', text }],
      }));
      server.registerTool('wait', { inputSchema: z.object({}) }, async (_, context) => {
        waits.started += 1;
        await once(context.mcpReq.signal, 'abort');
        waits.cancelled += 1;
        return { content: [] };
      });
      return server;
    },
    { legacy },
  );
  const received: http.IncomingHttpHeaders[] = [];
  const server = http.createServer((request, response) => {
    received.push(request.headers);
    void bridge(handler, request, response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    handler,
    received,
    waits,
    async close() {
      await handler.close();
      server.closeAllConnections();
      server.close();
    },
  };
}

/** node:http in front of a handler that speaks fetch. */
async function bridge(
  handler: McpHttpHandler,
  request: http.IncomingMessage,
  response: http.ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const hasBody = request.method === 'POST';
  const init = {
    method: request.method ?? 'GET',
    headers: new Headers(request.headers as Record<string, string>),
    signal: gone.signal,
  };
  const body = hasBody ? { body: Readable.toWeb(request) as ReadableStream, duplex: 'half' as const } : {};
  const answer = await handler.fetch(
    new Request(`http://${request.headers.host ?? ''}${request.url ?? ''}`, { ...init, ...body }),
  );
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  if (answer.body === null) return void response.end();
  const reader = answer.body.getReader();
  response.once('close', () => void reader.cancel().catch(() => undefined));
  for (let part = await reader.read(); !part.done; part = await reader.read()) response.write(part.value);
  response.end();
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
