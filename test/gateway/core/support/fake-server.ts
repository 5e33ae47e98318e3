import type { HubUpstream } from '../../../../src/gateway/core/hub.js';
import type {
  Connection,
  ConnectionEvents,
  Era,
  ServerFacts,
  SessionClient,
  SharedConnection,
} from '../../../../src/gateway/upstreams/connection.js';
import { UpstreamUnavailable, type UpstreamTrouble } from '../../../../src/gateway/upstreams/failure.js';
import { ServerInspector } from '../../../../src/jsonrpc/server-line.js';
import { routedAnswer } from '../../../../src/gateway/upstreams/routed-answer.js';
import type { JsonObject } from '../../../../src/platform/json.js';
import type { UpstreamDefinition } from '../../../../src/upstream/definition.js';
import { eventually } from '../../../support/eventually.js';

/** One line that a server got, as text and read. */
export interface Received {
  readonly text: string;
  readonly id: number | string | undefined;
  readonly method: string | undefined;
  readonly params: JsonObject;
  readonly result: JsonObject | undefined;
  readonly error: JsonObject | undefined;
}

/** A connection to a server that the test plays. */
export class FakeConnection implements SharedConnection {
  readonly facts: ServerFacts;
  readonly waitingBytes = 0;
  readonly blocked = false;
  readonly received: Received[] = [];
  readonly client: SessionClient | undefined;
  isClosed = false;
  readonly #events: ConnectionEvents;
  readonly #answer: (line: Received, connection: FakeConnection) => void;

  constructor(
    facts: ServerFacts,
    events: ConnectionEvents,
    client: SessionClient | undefined,
    answer: (line: Received, connection: FakeConnection) => void,
  ) {
    this.facts = facts;
    this.#events = events;
    this.client = client;
    this.#answer = answer;
  }

  send(lines: readonly Buffer[]): void {
    for (const text of Buffer.concat(lines).toString('utf8').split('\n').slice(0, -1)) {
      const line = { params: {}, ...(JSON.parse(text) as object), text } as Received;
      this.received.push(line);
      queueMicrotask(() => this.#answer(line, this));
    }
  }

  /** The server says one line, which has to be a message. */
  say(text: string): void {
    const line = Buffer.from(`${text}\n`);
    const inspector = new ServerInspector();
    const message = inspector.inspect(line, 0, line.length - 1);
    if (message.kind === 'garbage') throw new Error(`${message.detail}: ${text}`);
    this.#events.frame(line, message.kind === 'answer' ? routedAnswer(message, inspector, line, 0) : message);
  }

  result(id: Received['id'], result: JsonObject): void {
    this.say(JSON.stringify({ jsonrpc: '2.0', id, result }));
  }

  drop(id: number, reason: 'garbled' | 'too-large'): void {
    this.#events.dropped({ reason, detail: 'a test', bytes: 9, id });
  }

  end(description = 'exited with code 3'): void {
    this.isClosed = true;
    this.#events.gone(description);
  }

  /** Waits for the n-th line with this method, counted from 0. */
  async got(method: string, index = 0): Promise<Received> {
    return eventually(`${method} at the server`, () => this.of(method)[index]);
  }

  of(method: string): Received[] {
    return this.received.filter((line) => line.method === method);
  }

  pause(): void {}
  resume(): void {}
  check(): void {}
  detach(): void {}

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }
}

export interface ServerOptions {
  readonly era?: Era;
  readonly isolation?: 'shared' | 'session';
  readonly namespaced?: boolean;
  readonly capabilities?: JsonObject;
  /** Tools, prompts and resources that the server lists by itself. */
  readonly tools?: readonly JsonObject[];
  readonly prompts?: readonly JsonObject[];
  readonly resources?: readonly JsonObject[];
  /** By the method, the text of each page's result, in order. */
  readonly lists?: Readonly<Record<string, readonly string[]>>;
  /** Methods that the server never answers by itself. */
  readonly silent?: readonly string[];
  readonly instructions?: string;
}

/** What a hub needs of a server, played by the test. Lists it answers itself, all else the test does. */
export class FakeServer implements HubUpstream {
  readonly definition: UpstreamDefinition;
  trouble: UpstreamTrouble | null = null;
  readonly connections: FakeConnection[] = [];
  /** While false, connecting takes until it is true again. */
  isReady = true;
  /** Whether a server of the modern era speaks the older one too. */
  isDual = false;
  readonly #options: ServerOptions;

  constructor(name: string, options: ServerOptions = {}) {
    this.#options = options;
    this.definition = {
      name,
      transport: { kind: 'stdio', command: 'fake', args: [], env: {}, cwd: undefined },
      namespaced: options.namespaced ?? true,
      isolation: options.isolation ?? 'shared',
      start: 'lazy',
      startTimeoutMs: 45_000,
      requestTimeoutMs: 60_000,
      auditLogArguments: false,
    };
  }

  connect(events: ConnectionEvents): Promise<SharedConnection> {
    return this.#open(events, this.#options.era ?? 'legacy', undefined);
  }

  connectAlone(events: ConnectionEvents, client: SessionClient): Promise<Connection> {
    const own = this.#options.era ?? 'legacy';
    if (this.#options.isolation === 'session') return this.#open(events, own, client);
    if (client.era !== own && !this.isDual) return Promise.reject(new Error('it does not speak that'));
    return this.#open(events, client.era, client);
  }

  /** The n-th connection, once there is one. */
  async connection(index = 0): Promise<FakeConnection> {
    return eventually(`connection ${index} of ${this.definition.name}`, () => this.connections[index]);
  }

  /** The request that the server got n-th, with the connection on which it came. */
  async got(method: string, index = 0): Promise<Received> {
    return eventually(
      `${method} at ${this.definition.name}`,
      () => this.connections.flatMap((one) => one.of(method))[index],
    );
  }

  async #open(
    events: ConnectionEvents,
    era: Era,
    client: SessionClient | undefined,
  ): Promise<FakeConnection> {
    await eventually('the server', () => this.isReady);
    if (this.trouble !== null) throw new UpstreamUnavailable(this.trouble);
    const answer = (line: Received, to: FakeConnection): void => this.#answer(line, to);
    const connection = new FakeConnection(this.#facts(era), events, client, answer);
    this.connections.push(connection);
    return connection;
  }

  #facts(era: Era): ServerFacts {
    const { capabilities, instructions } = this.#options;
    const name = `${this.definition.name}-server`;
    const said = {
      capabilities: capabilities ?? { tools: {}, prompts: {}, resources: { subscribe: true }, logging: {} },
      ...(instructions === undefined ? {} : { instructions }),
    };
    const serverInfo = { name, version: '1' };
    if (era === 'legacy') {
      const revision = '2025-11-25';
      const result = { protocolVersion: revision, serverInfo, ...said };
      return { era, revision, supportedVersions: [revision], result };
    }
    const revision = '2026-07-28';
    const _meta = { 'io.modelcontextprotocol/serverInfo': serverInfo };
    const result = { resultType: 'complete', supportedVersions: [revision], ...said, _meta };
    return { era, revision, supportedVersions: [revision], result };
  }

  #answer({ id, method }: Received, connection: FakeConnection): void {
    const { tools, prompts, resources, era, lists, silent } = this.#options;
    if (silent?.includes(method ?? '') === true) return;
    const page = lists?.[method ?? '']?.[connection.of(method ?? '').length - 1];
    if (page !== undefined)
      return connection.say(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${page}}`);
    const shape = era === 'modern' ? { resultType: 'complete', ttlMs: 5000, cacheScope: 'public' } : {};
    switch (method) {
      case 'tools/list':
        return connection.result(id, { ...shape, tools: [...(tools ?? [])] });
      case 'prompts/list':
        return connection.result(id, { ...shape, prompts: [...(prompts ?? [])] });
      case 'resources/list':
        return connection.result(id, { ...shape, resources: [...(resources ?? [])] });
      case 'resources/templates/list':
        return connection.result(id, { ...shape, resourceTemplates: [] });
      case 'logging/setLevel':
      case 'resources/subscribe':
        return connection.result(id, {});
      default:
      // All else is the test's.
    }
  }
}

/** A tool with this name. */
export function tool(name: string, more: JsonObject = {}): JsonObject {
  return { name, inputSchema: { type: 'object' }, ...more };
}
