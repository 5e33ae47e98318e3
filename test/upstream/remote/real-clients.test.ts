import { Client as ClientV2 } from '@modelcontextprotocol/client';
import { StdioClientTransport as StdioV2 } from '@modelcontextprotocol/client/stdio';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as StdioV1 } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterEach, describe, expect, test } from 'vitest';
import { builtGuard } from '../../support/built-guard.js';
import { useSandbox } from '../../support/use-sandbox.js';
import { dualEraServer, everythingServer, type RealServer } from './real-servers.js';

const sandboxOf = useSandbox();
const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

/** How a client starts guard in front of this server; the server is closed after the test. */
function startOf(server: RealServer): {
  command: string;
  args: string[];
  env: Record<string, string>;
  cwd: string;
  stderr: 'pipe';
} {
  open.push(server);
  const { env, project } = sandboxOf();
  const args = [builtGuard(), '--server', 'remote', '--url', server.url];
  return { command: process.execPath, args, env, cwd: project, stderr: 'pipe' };
}

async function clientV1(server: RealServer): Promise<ClientV1> {
  const client = new ClientV1({ name: 'v1', version: '1' }, { capabilities: {} });
  await client.connect(new StdioV1(startOf(server)));
  open.push(client);
  return client;
}

async function clientV2(server: RealServer, mode: 'auto' | 'legacy'): Promise<ClientV2> {
  const client = new ClientV2(
    { name: 'v2', version: '1' },
    { capabilities: {}, versionNegotiation: { mode } },
  );
  await client.connect(new StdioV2(startOf(server)));
  open.push(client);
  return client;
}

describe.each(['streamableHttp', 'sse'] as const)(
  'server-everything over %s, through guard --url',
  (mode) => {
    test('SDK v1', async () => {
      const client = await clientV1(await everythingServer(mode));
      expect((await client.listTools()).tools.map(({ name }) => name)).toContain('echo');
      const result = await client.callTool({ name: 'echo', arguments: { message: 'hi' } });
      expect(result.content).toEqual([{ type: 'text', text: 'Echo: hi' }]);
    });

    test.each(['auto', 'legacy'] as const)('SDK v2, %s', async (negotiation) => {
      const client = await clientV2(await everythingServer(mode), negotiation);
      expect(client.getProtocolEra()).toBe('legacy');
      const result = await client.callTool({ name: 'echo', arguments: { message: 'hi' } });
      expect(result.content).toEqual([{ type: 'text', text: 'Echo: hi' }]);
    });
  },
);

describe('a server of both eras, through guard --url', () => {
  test('SDK v1', async () => {
    const client = await clientV1(await dualEraServer());
    const result = await client.callTool({ name: 'echo', arguments: { text: 'hi' } });
    expect(result.content).toEqual([{ type: 'text', text: 'hi' }]);
  });

  test.each([
    ['auto', 'modern'],
    ['legacy', 'legacy'],
  ] as const)('SDK v2, %s', async (negotiation, era) => {
    const client = await clientV2(await dualEraServer(), negotiation);
    expect(client.getProtocolEra()).toBe(era);
    const result = await client.callTool({ name: 'echo', arguments: { text: 'hi' } });
    expect(result.content).toEqual([{ type: 'text', text: 'hi' }]);
  });

  test('a call that the client gives up ends at the server', async () => {
    const server = await dualEraServer('reject');
    const client = await clientV2(server, 'auto');
    const controller = new AbortController();
    const call = client.callTool({ name: 'wait', arguments: {} }, { signal: controller.signal });
    await expect.poll(() => server.waits.started).toBe(1);
    controller.abort();
    await expect(call).rejects.toThrow();
    await expect.poll(() => server.waits.cancelled).toBe(1);
  });
});

test.each(['streamableHttp', 'sse'] as const)(
  'lines and the end of stdin in one go: every line is answered first (%s)',
  async (mode) => {
    const server = await everythingServer(mode);
    open.push(server);
    const guard = sandboxOf().spawn([process.execPath, builtGuard(), '--url', server.url]);
    const params = {
      protocolVersion: '2025-11-25',
      capabilities: {},
      clientInfo: { name: 'pipe', version: '1' },
    };
    guard.say({ id: 1, method: 'initialize', params }, { method: 'notifications/initialized' });
    guard.say({ id: 2, method: 'tools/call', params: { name: 'echo', arguments: { message: 'hi' } } });
    const end = await guard.finish();
    expect(end).toEqual({ code: 0, signal: null });
    expect(guard.answers(1)).toHaveLength(1);
    expect(guard.answers(2)[0]?.result).toEqual({ content: [{ type: 'text', text: 'Echo: hi' }] });
  },
);

test('a server that goes away ends guard, and what is open is answered once', async () => {
  const server = await everythingServer('sse');
  open.push(server);
  const guard = sandboxOf().spawn([process.execPath, builtGuard(), '--url', server.url]);
  const params = {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'raw', version: '1' },
  };
  await guard.ask(1, 'initialize', params);
  guard.say({ method: 'notifications/initialized' });
  const slow = { name: 'trigger-long-running-operation', arguments: { duration: 20, steps: 2 } };
  guard.say({ id: 2, method: 'tools/call', params: slow });
  await guard.ask(3, 'ping');
  await server.close();
  expect((await guard.ended).code).toBe(1);
  expect(guard.answers(2)).toHaveLength(1);
  expect(guard.answers(2)[0]?.error?.message).toMatch(/event stream/);
});
