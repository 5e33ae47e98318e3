import {
  Client as ClientV2,
  LOG_LEVEL_META_KEY,
  type Transport as TransportV2,
} from '@modelcontextprotocol/client';
import { StdioClientTransport as StdioV2 } from '@modelcontextprotocol/client/stdio';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as StdioV1 } from '@modelcontextprotocol/sdk/client/stdio.js';
import type { Transport as TransportV1 } from '@modelcontextprotocol/sdk/shared/transport.js';
import {
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  ListRootsRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { builtGuard } from '../support/built-guard.js';
import type { Sandbox } from '../support/sandbox.js';

/** The clients that guard is put behind. */
export const PEERS = ['v1', 'v2 legacy', 'v2 auto'] as const;
export type PeerKind = (typeof PEERS)[number];

interface Notified {
  readonly method: string;
  readonly params?: unknown;
}

/** What the person at the client does with a form; the message is what is shown. */
export type Person = (message: string) => Promise<FormAnswer> | FormAnswer;

interface FormAnswer {
  readonly action: 'accept' | 'decline' | 'cancel';
  readonly content?: { [name: string]: string | boolean };
}

interface CallOptions {
  /** How long the client waits for an answer, in milliseconds. */
  readonly timeout?: number;
  readonly onprogress?: (progress: { readonly progress: number }) => void;
  readonly signal?: AbortSignal;
}

/** A published MCP client, as far as the tests use it. */
export interface PeerClient {
  readonly notifications: readonly Notified[];
  /** What guard and the server wrote to stderr. */
  stderr(): string;
  era(): string;
  listTools(): Promise<string[]>;
  call(name: string, args?: Record<string, unknown>, options?: CallOptions): Promise<ToolAnswer>;
  read(uri: string): Promise<unknown>;
  listPrompts(): Promise<string[]>;
  prompt(name: string, args: Record<string, string>): Promise<unknown>;
  listResources(): Promise<string[]>;
  /** The values for an argument of a prompt. */
  complete(prompt: string, argument: { name: string; value: string }): Promise<string[]>;
  subscribe(uri: string): Promise<void>;
  /** Opens the modern era's stream of changes to the tool list. */
  listen(): Promise<{ close(): Promise<void> }>;
  setLevel(level: 'debug' | 'error'): Promise<void>;
  close(): Promise<void>;
}

interface ToolAnswer {
  readonly isError: boolean;
  readonly text: string;
}

const INFO = { name: 'peer', version: '1' };
const CAPABILITIES = { roots: {}, sampling: {} };

function capabilities(person: Person | null): typeof CAPABILITIES & { elicitation?: Record<string, never> } {
  return person === null ? CAPABILITIES : { ...CAPABILITIES, elicitation: {} };
}

const ROOTS = { roots: [{ uri: 'file:///peer/root', name: 'root' }] };
const SAMPLED = {
  role: 'assistant',
  model: 'm',
  content: { type: 'text', text: 'sampled by the peer' },
} as const;
export const OBLIGING: Person = () => ({
  action: 'accept',
  content: { name: 'elicited from the peer', yes: true },
});

/** Starts a client whose server is guard with `server` behind it. Without a person it shows no forms. */
export function connectPeer(
  kind: PeerKind,
  sandbox: Sandbox,
  server: readonly string[],
  options: readonly string[] = [],
  person: Person | null = OBLIGING,
): Promise<PeerClient> {
  const args = [builtGuard(), ...options, '--', process.execPath, ...server];
  const start: Start = {
    command: process.execPath,
    args,
    env: sandbox.env,
    cwd: sandbox.project,
    stderr: 'pipe',
  };
  return kind === 'v1'
    ? overV1(new StdioV1(start), person)
    : overV2(new StdioV2(start), kind === 'v2 auto' ? 'auto' : 'legacy', person);
}

interface Start {
  readonly command: string;
  readonly args: string[];
  readonly env: Record<string, string>;
  readonly cwd: string;
  readonly stderr: 'pipe';
}

/** A client of SDK version 1 over this transport. */
export async function overV1(transport: TransportV1 & Chatty, person: Person | null): Promise<PeerClient> {
  const stderr = collect(transport.stderr);
  const client = new ClientV1(INFO, { capabilities: capabilities(person) });
  client.setRequestHandler(ListRootsRequestSchema, () => ROOTS);
  client.setRequestHandler(CreateMessageRequestSchema, () => SAMPLED);
  if (person !== null) {
    client.setRequestHandler(ElicitRequestSchema, async ({ params }) => ({
      ...(await person(params.message)),
    }));
  }
  const notifications: Notified[] = [];
  client.fallbackNotificationHandler = (notification) => {
    notifications.push(notification);
    return Promise.resolve();
  };
  await client.connect(transport);
  return {
    notifications,
    stderr,
    era: () => 'legacy',
    listTools: async () => (await client.listTools()).tools.map(({ name }) => name),
    call: async (name, args = {}, options = {}) =>
      answerOf(await client.callTool({ name, arguments: args }, undefined, options)),
    read: (uri) => client.readResource({ uri }),
    listPrompts: async () => (await client.listPrompts()).prompts.map(({ name }) => name),
    prompt: (name, args) => client.getPrompt({ name, arguments: args }),
    listResources: async () => (await client.listResources()).resources.map(({ uri }) => uri),
    complete: async (name, argument) =>
      (await client.complete({ ref: { type: 'ref/prompt', name }, argument })).completion.values,
    subscribe: async (uri) => void (await client.subscribeResource({ uri })),
    listen: () => Promise.reject(new Error('the legacy era has no such stream')),
    setLevel: async (level) => void (await client.setLoggingLevel(level)),
    close: () => client.close(),
  };
}

/** A client of SDK version 2 over this transport. */
export async function overV2(
  transport: TransportV2 & Chatty,
  mode: 'auto' | 'legacy',
  person: Person | null,
): Promise<PeerClient> {
  const stderr = collect(transport.stderr);
  const client = new ClientV2(INFO, { capabilities: capabilities(person), versionNegotiation: { mode } });
  client.setRequestHandler('roots/list', () => ROOTS);
  client.setRequestHandler('sampling/createMessage', () => SAMPLED);
  if (person !== null) {
    client.setRequestHandler('elicitation/create', async ({ params }) => ({
      ...(await person(params.message)),
    }));
  }
  const notifications: Notified[] = [];
  client.fallbackNotificationHandler = (notification) => {
    notifications.push(notification);
    return Promise.resolve();
  };
  await client.connect(transport);
  let wanted: { readonly _meta?: Record<string, unknown> } = {};
  return {
    notifications,
    stderr,
    era: () => client.getProtocolEra() ?? 'unknown',
    listTools: async () =>
      (await client.listTools(undefined, { cacheMode: 'bypass' })).tools.map(({ name }) => name),
    call: async (name, args = {}, options = {}) =>
      answerOf(await client.callTool({ name, arguments: args, ...wanted }, options)),
    read: (uri) => client.readResource({ uri }),
    listPrompts: async () => (await client.listPrompts()).prompts.map(({ name }) => name),
    prompt: (name, args) => client.getPrompt({ name, arguments: args }),
    listResources: async () => (await client.listResources()).resources.map(({ uri }) => uri),
    complete: async (name, argument) =>
      (await client.complete({ ref: { type: 'ref/prompt', name }, argument })).completion.values,
    subscribe: async (uri) => {
      if (client.getProtocolEra() === 'modern') await client.listen({ resourceSubscriptions: [uri] });
      else await client.subscribeResource({ uri });
    },
    listen: () => client.listen({ toolsListChanged: true }),
    setLevel: async (level) => {
      // In the modern era each request says for itself which log messages it wants.
      if (client.getProtocolEra() === 'modern') wanted = { _meta: { [LOG_LEVEL_META_KEY]: level } };
      else await client.setLoggingLevel(level);
    },
    close: () => client.close(),
  };
}

/** A transport whose other side may write to stderr. */
interface Chatty {
  readonly stderr?: { on(event: 'data', listener: (chunk: Buffer) => void): unknown } | null;
}

function collect(stream: Chatty['stderr']): () => string {
  let text = '';
  stream?.on('data', (chunk) => {
    text += chunk.toString('utf8');
  });
  return () => text;
}

function answerOf(result: unknown): ToolAnswer {
  const { isError, content } = result as { isError?: boolean; content?: readonly { text?: string }[] };
  return { isError: isError === true, text: (content ?? []).map(({ text }) => text ?? '').join('\n') };
}
