// A client for the suite's client scenarios: tsx client.ts ROUTE URL, where ROUTE is direct, serve or wrap. The
// suite says in the environment which scenario it watches, and adds the address of its server.
import {
  Client,
  SdkError,
  StreamableHTTPClientTransport,
  type Transport,
} from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { z } from 'zod';
import { builtGuard } from '../support/built-guard.js';
import { startGateway } from '../support/gateway-process.js';
import { Sandbox } from '../support/sandbox.js';

const [route = '', url = ''] = process.argv.slice(2);
const scenario = process.env['MCP_CONFORMANCE_SCENARIO'] ?? '';
const isModern = process.env['MCP_CONFORMANCE_PROTOCOL_VERSION'] === '2026-07-28';
const PLAIN = "version: '1'\n";
const ANY = z.looseObject({});
const TOOLS = z.looseObject({
  tools: z.array(z.looseObject({ name: z.string(), inputSchema: z.looseObject({}) })),
});
const CONTEXT = z.object({
  toolCalls: z.array(z.object({ name: z.string(), arguments: z.record(z.string(), z.unknown()) })),
});

/** What a client does so that the suite's server sees what it checks. */
const STEPS: Readonly<Record<string, (client: Client) => Promise<unknown>>> = {
  initialize: (client) => client.listTools(),
  tools_call: async (client) => {
    await client.listTools();
    await client.callTool({ name: 'add_numbers', arguments: { a: 5, b: 3 } });
  },
  'elicitation-sep1034-client-defaults': (client) =>
    client.callTool({ name: 'test_client_elicitation_defaults', arguments: {} }),
  'sse-retry': (client) => client.callTool({ name: 'test_reconnection', arguments: {} }),
  'request-metadata': (client) => client.listTools(),
  'sep-2322-client-request-state': async (client) => {
    for (const name of ['echo_state', 'no_state', 'unrelated'])
      await client.callTool({ name: `test_mrtr_${name}`, arguments: {} });
    // This client takes no result without a type for an answer; what is checked is that it does not come back.
    const untyped = client.callTool({ name: 'test_mrtr_no_result_type', arguments: {} });
    await untyped.catch((error: unknown) => {
      if (!(error instanceof SdkError)) throw error;
    });
  },
  'http-standard-headers': async (client) => {
    const { tools } = await client.listTools();
    for (const { name } of tools) await client.callTool({ name, arguments: {} });
    const { resources } = await client.listResources();
    for (const { uri } of resources) await client.readResource({ uri });
    const { prompts } = await client.listPrompts();
    for (const { name } of prompts) await client.getPrompt({ name });
  },
  'http-custom-headers': async (client) => {
    const { toolCalls } = CONTEXT.parse(JSON.parse(process.env['MCP_CONFORMANCE_CONTEXT'] ?? '{}'));
    await client.listTools();
    for (const call of toolCalls) await client.callTool(call);
  },
  'http-invalid-tool-headers': async (client) => {
    // Behind guard it is guard that must leave such tools out, so its list is taken as it comes.
    const list =
      route === 'direct' ? await client.listTools() : await client.request({ method: 'tools/list' }, TOOLS);
    for (const { name } of list.tools)
      await client.callTool({ name, arguments: { region: 'x', value: 'x' } });
  },
  'json-schema-ref-no-deref': (client) => client.listTools(),
  'json-schema-2020-12-preservation': async (client) => {
    const { tools } = await client.request({ method: 'tools/list' }, TOOLS);
    const schema = tools.find(({ name }) => name !== 'json_schema_echo')?.inputSchema;
    const params = { name: 'json_schema_echo', arguments: { schema } };
    await client.request({ method: 'tools/call', params }, ANY);
  },
};

const closing: (() => Promise<void>)[] = [];
try {
  const steps = STEPS[scenario];
  if (steps === undefined) throw new Error(`no client for the scenario ${scenario}`);
  const client = new Client(
    { name: 'conformance-client', version: '1' },
    {
      capabilities: { elicitation: { form: { applyDefaults: true } } },
      versionNegotiation: { mode: isModern ? 'auto' : 'legacy' },
    },
  );
  client.setRequestHandler('elicitation/create', () => ({ action: 'accept', content: {} }));
  await client.connect(await transport());
  closing.push(() => client.close());
  await steps(client);
} finally {
  for (const close of closing.toReversed()) await close();
}

async function transport(): Promise<Transport> {
  switch (route) {
    case 'direct':
      return new StreamableHTTPClientTransport(new URL(url));
    case 'serve': {
      const sandbox = new Sandbox(PLAIN);
      closing.push(() => sandbox.close());
      const gateway = await startGateway(sandbox, [{ name: 'fixture', isolation: 'session', url }]);
      closing.push(() => gateway.close());
      return new StreamableHTTPClientTransport(new URL(`${gateway.base}/mcp/fixture`));
    }
    case 'wrap': {
      const sandbox = new Sandbox(PLAIN);
      closing.push(() => sandbox.close());
      const { env, project: cwd } = sandbox;
      const args = [builtGuard(), '--url', url];
      return new StdioClientTransport({ command: process.execPath, args, env, cwd });
    }
    default:
      throw new Error(`expected direct, serve or wrap, got ${route}`);
  }
}
