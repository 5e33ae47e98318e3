import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { openFileSink } from '../../src/audit/file-sink.js';
import { type LogFiles, systemLogFiles } from '../../src/audit/log-file.js';
import { createReopeningSink } from '../../src/audit/reopening-sink.js';
import { type AuditTrail, createAuditTrail } from '../../src/audit/trail.js';
import { WriterChain } from '../../src/audit/writer-chain.js';
import { type Clock, systemClock } from '../../src/platform/clock.js';
import { createDiagnostics } from '../../src/platform/diagnostics.js';
import { composePipeline } from '../../src/pipeline/compose.js';
import type { CompiledPolicy } from '../../src/policy/compiled.js';
import { Conversation } from '../../src/conversation/conversation.js';
import { runDoor } from '../../src/relay/door.js';
import type { UpstreamEnd } from '../../src/upstream/upstream.js';
import type { Wire } from '../support/spawned.js';
import { FakeServer } from './fake-server.js';
import { asking } from '../support/asking.js';
import { counting } from '../support/counting.js';

export interface RigPorts {
  readonly policy: CompiledPolicy;
  readonly files?: LogFiles;
  readonly clock?: Clock;
  readonly fsync?: 'always' | 'interval' | 'off';
  readonly onError?: 'deny' | 'allow';
}

/** A whole door in this process, each port replaceable: client pipes, fake server, log on a real disk. */
export class Rig {
  readonly stdin = new PassThrough();
  readonly stdout = new PassThrough();
  readonly server: FakeServer;
  readonly notes: string[] = [];
  readonly ended: Promise<UpstreamEnd>;
  /** What the client got, whole lines. */
  readonly received: Wire[] = [];
  readonly #folder = fs.mkdtempSync(path.join(os.tmpdir(), 'guard-faults-'));
  readonly #log = path.join(this.#folder, 'audit.jsonl');
  readonly #trail: AuditTrail;
  #rest = '';

  constructor({
    policy,
    files = systemLogFiles,
    clock = systemClock(),
    fsync = 'off',
    onError = 'deny',
  }: RigPorts) {
    const diagnostics = createDiagnostics((line) => this.notes.push(line));
    const sink = createReopeningSink(
      () => openFileSink({ path: this.#log, fsync, clock, files }),
      () => undefined,
    );
    const constants = { writer: 'w', upstream: 'fake', session: 's', agent: null };
    this.#trail = createAuditTrail({
      log: new WriterChain(sink, clock, constants),
      clock,
      diagnostics,
      constants,
      session: { guard_version: '0', pid: 1, command: 'fake', mode: 'enforce', approvers: null, config: [] },
      logsArguments: false,
      logsResponses: false,
      redact: (value) => value,
    });
    this.server = new FakeServer((line) => this.#isRecorded(line));
    this.stdout.on('data', (chunk: Buffer) => this.#take(chunk));
    const { gate, approvals } = asking();
    this.ended = runDoor({
      conversation: new Conversation({
        parties: { server: 'fake', agent: undefined, session: 's' },
        trail: this.#trail,
        pipeline: composePipeline({
          policyInForce: () => policy,
          trail: this.#trail,
          approvals: gate,
          limits: counting().gate,
          killSwitch: () => undefined,
        }),
        approvals,
        settleCharge: () => undefined,
        policyInForce: () => policy,
        clock,
        diagnostics,
        denialStyle: 'result',
        auditRequired: onError === 'deny',
        writer: 'w',
      }),
      upstream: this.server.upstream,
      stdin: this.stdin,
      // A PassThrough lacks what only terminals have, which the door never uses.
      stdout: this.stdout as unknown as NodeJS.WriteStream,
      signal: new AbortController().signal,
      clientFrameBytesMax: 1 << 20,
      serverFrameBytesMax: 1 << 20,
      requestTimeoutMs: 60_000,
    });
  }

  /** Sends messages as one chunk and lets everything that follows from them happen. */
  async say(...messages: readonly Wire[]): Promise<void> {
    this.stdin.write(
      messages.map((message) => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`).join(''),
    );
    await settle();
  }

  answersTo(id: unknown): Wire[] {
    return this.received.filter((message) => message.id === id && message.method === undefined);
  }

  async close(): Promise<UpstreamEnd> {
    this.stdin.end();
    const end = await this.ended;
    this.#trail.close();
    fs.rmSync(this.#folder, { recursive: true, force: true });
    return end;
  }

  /** Whether the log on disk holds the decision on this request at this moment. */
  #isRecorded({ id, method }: Wire): boolean {
    if (!fs.existsSync(this.#log)) return false;
    const records = fs.readFileSync(this.#log, 'utf8').split('\n').filter(isWhole);
    return records
      .map((line) => JSON.parse(line) as Wire)
      .some(
        (record) =>
          record['type'] === 'decision' && record['rpc_id'] === (id ?? null) && record.method === method,
      );
  }

  #take(chunk: Buffer): void {
    const lines = (this.#rest + chunk.toString('utf8')).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      const message = JSON.parse(line) as Wire;
      this.received.push(message);
      if (message.method === undefined || message.id === undefined) continue;
      if (!this.#isRecorded(message)) this.server.unrecorded.push(message);
      this.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: message.id, result: {} })}\n`);
    }
  }
}

function isWhole(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

/** Lets streams in this process hand on what they hold. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) {
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
  }
}
