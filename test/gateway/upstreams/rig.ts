import { createRequire } from 'node:module';
import path from 'node:path';
import type {
  Connection,
  ConnectionEvents,
  DroppedLine,
  ServerMessage,
} from '../../../src/gateway/upstreams/connection.js';
import type { ConnectionParts } from '../../../src/gateway/upstreams/open-connection.js';
import { requestFrame } from '../../../src/jsonrpc/replies.js';
import { systemClock } from '../../../src/platform/clock.js';
import { createDiagnostics } from '../../../src/platform/diagnostics.js';
import type { JsonObject } from '../../../src/platform/json.js';
import { systemSchedule } from '../../../src/platform/schedule.js';
import type { UpstreamDefinition, UpstreamTransport } from '../../../src/upstream/definition.js';
import { serverFile } from '../../support/built-guard.js';
import { eventually } from '../../support/eventually.js';
import type { Sandbox } from '../../support/sandbox.js';
import type { Wire } from '../../support/spawned.js';

/** What a test keeps of one connection, and how it asks over it. */
export class Listener implements ConnectionEvents {
  readonly lines: string[] = [];
  readonly kinds: ServerMessage['kind'][] = [];
  readonly lost: DroppedLine[] = [];
  readonly ends: string[] = [];
  drains = 0;
  reads = 0;

  frame(line: Buffer, message: ServerMessage): void {
    this.lines.push(line.toString('utf8'));
    this.kinds.push(message.kind);
  }

  dropped(line: DroppedLine): void {
    this.lost.push(line);
  }

  readEnd(): void {
    this.reads += 1;
  }

  draining(): void {
    this.drains += 1;
  }

  gone(description: string): void {
    this.ends.push(description);
  }

  messages(): Wire[] {
    return this.lines.map((line) => JSON.parse(line) as Wire);
  }

  /** Sends a request and waits for its answer. */
  async ask(
    connection: Pick<Connection, 'send'>,
    id: number,
    method: string,
    params: JsonObject = {},
  ): Promise<Wire> {
    connection.send([requestFrame(id, method, params)]);
    return eventually(`the answer to ${id}`, () =>
      this.messages().find((message) => message.id === id && message.method === undefined),
    );
  }
}

/** A rig's parts with what they told. */
export interface Rig extends ConnectionParts {
  readonly notes: string[];
  readonly stderr: string[];
}

/** Parts whose children belong to the sandbox, on the machine's own time. */
export function rigOf(sandbox: Sandbox, over: Partial<ConnectionParts> = {}): Rig {
  const notes: string[] = [];
  const stderr: string[] = [];
  return {
    environment: () => sandbox.env,
    clock: systemClock(),
    schedule: systemSchedule,
    diagnostics: createDiagnostics((line) => notes.push(line)),
    serverFrameBytesMax: 1024 * 1024,
    onStderr: (name, line) => stderr.push(`${name}: ${line}`),
    notes,
    stderr,
    ...over,
  };
}

/** A definition with the defaults of the config. */
export function definitionOf(
  transport: UpstreamTransport,
  over: Partial<UpstreamDefinition> = {},
): UpstreamDefinition {
  return {
    name: 'files',
    transport,
    namespaced: true,
    isolation: 'shared',
    start: 'lazy',
    startTimeoutMs: 45_000,
    requestTimeoutMs: 60_000,
    auditLogArguments: false,
    ...over,
  };
}

/** The transport of a fixture server. */
export function fixture(name: string, ...args: string[]): UpstreamTransport {
  return node(serverFile(name), ...args);
}

/** The transport of a published server's program. */
export function published(name: string, ...args: string[]): UpstreamTransport {
  const folder = path.dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
  return node(path.join(folder, 'dist', 'index.js'), ...args);
}

export function remote(url: string, headers: Readonly<Record<string, string>> = {}): UpstreamTransport {
  return { kind: 'streamable-http', url, headers };
}

function node(...args: string[]): UpstreamTransport {
  return { kind: 'stdio', command: process.execPath, args, env: {}, cwd: undefined };
}
