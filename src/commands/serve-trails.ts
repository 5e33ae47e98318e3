import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { recordHeads } from '../audit/encode.js';
import type { RotationSettings } from '../audit/rotation.js';
import { SharedLog } from '../audit/shared-log.js';
import type { SignedChain } from '../audit/signed-chain.js';
import { SinkTap } from '../audit/sink-tap.js';
import { createAuditTrail, type AuditTrail } from '../audit/trail.js';
import type { LoadedConfig } from '../config/load.js';
import type { Diagnostics } from '../platform/diagnostics.js';
import { VERSION } from '../platform/version.js';
import { type AuditSinks, openAuditSinks } from './audit-sinks.js';
import type { CommandInput, Tools } from './command.js';
import { createLogUpkeep, type LogUpkeep, recordSigned } from './log-upkeep.js';
import { type Anchors, openAnchors } from './open-anchors.js';
import { noteTornEnd, openChain } from './open-chain.js';
import { ownKeys } from './own-keys.js';
import type { SecretsInForce } from './secrets-in-force.js';
import { textOption } from './text-option.js';

export interface TrailsInput {
  readonly input: CommandInput;
  readonly tools: Tools;
  readonly config: LoadedConfig;
  readonly diagnostics: Diagnostics;
  readonly secrets: SecretsInForce;
  /** Fingerprint of the approvers; null where any answer counts. */
  readonly approvers: string | null;
}

/** What one trail is about. */
export interface TrailSubject {
  readonly upstream: string;
  readonly session: string | undefined;
  readonly agent: string | undefined;
  readonly logsArguments: boolean;
}

/** The audit trails of one gateway: one writer, one count, one file, and a trail for each conversation. */
export class ServeTrails {
  /** Names this guard process in every record. */
  readonly writer = randomBytes(6).toString('hex');
  readonly #heads = recordHeads(this.writer);
  readonly #input: TrailsInput;
  readonly #sinks: AuditSinks;
  readonly #anchors: Anchors;
  readonly #chain: SignedChain;
  readonly #shared: SharedLog;
  /** Of each file, once it was opened. */
  readonly #upkeeps: LogUpkeep[] = [];
  /** Lets the dashboard see records as they are written. */
  readonly tap = new SinkTap();
  /** For what belongs to no server. */
  readonly front: AuditTrail;

  constructor(input: TrailsInput) {
    this.#input = input;
    const { config, tools, diagnostics } = input;
    const { audit } = config.settings;
    const named = textOption(input.input, 'audit');
    const settings = named === undefined ? audit : { ...audit, path: path.resolve(tools.cwd, named) };
    this.#sinks = openAuditSinks(
      settings,
      tools,
      (opened) => noteTornEnd(opened, () => this.front),
      (log) => this.#keep(log),
    );
    const constants = { writer: this.writer, upstream: GATEWAY, session: this.writer, agent: null };
    this.#anchors = openAnchors(audit.anchor, tools.clock, diagnostics);
    this.#chain = openChain(this.tap.of(this.#sinks.sink), tools, diagnostics, constants, this.#anchors.send);
    this.#shared = new SharedLog(this.#chain);
    this.front = this.open({
      upstream: GATEWAY,
      session: undefined,
      agent: undefined,
      logsArguments: false,
    });
  }

  /** What rotates one of the files and removes what is too old. */
  #keep(log: string): RotationSettings {
    const { config, tools, diagnostics } = this.#input;
    const upkeep = createLogUpkeep({
      log,
      audit: config.settings.audit,
      clock: tools.clock,
      diagnostics,
      onRotated: () => this.#chain.checkpointSoon(),
      keys: () => ownKeys(tools.env),
      record: (event) => recordSigned(this.front, this.#chain, event),
    });
    this.#upkeeps.push(upkeep);
    return upkeep.rotation;
  }

  /** Whether records cannot be written at the moment. */
  get failing(): boolean {
    return this.#sinks.sink.failing;
  }

  open({ upstream, session, agent, logsArguments }: TrailSubject): AuditTrail {
    const { config, tools, diagnostics, secrets, approvers } = this.#input;
    const { audit } = config.settings;
    return createAuditTrail({
      log: this.#shared.view(),
      clock: tools.clock,
      diagnostics,
      constants: { writer: this.writer, upstream, session: session ?? this.writer, agent: agent ?? null },
      heads: this.#heads,
      session: {
        guard_version: VERSION,
        pid: process.pid,
        command: 'guard serve',
        mode: config.mode,
        approvers,
        config: config.layers.map(({ layer, path: place, digest }) => ({ layer, path: place, digest })),
      },
      logsArguments: audit.logArguments || logsArguments,
      logsResponses: audit.includeResponses,
      redact: secrets.redaction(config),
      secrets: secrets.known,
    });
  }

  /** Absolute path of the file to which records go; null where they go to none. */
  get file(): string | null {
    const { audit } = this.#input.config.settings;
    const named = textOption(this.#input.input, 'audit');
    if (named !== undefined) return path.resolve(this.#input.tools.cwd, named);
    const sink = audit.sinks.find(({ type }) => type === 'file');
    return sink === undefined ? null : (sink.path ?? audit.path);
  }

  /** Closed while records wait for the reader of standard output; undefined where none go there. */
  get gate(): AuditSinks['gate'] {
    return this.#sinks.gate;
  }

  /** Writes what is left and waits for who reads standard output, within a bound. */
  async close(): Promise<void> {
    for (const upkeep of this.#upkeeps) upkeep.close();
    this.front.close();
    this.#chain.finish();
    await this.#sinks.ended();
    this.#chain.close();
    await this.#anchors.close();
  }
}

/** The name under which records stand that belong to no server. */
const GATEWAY = 'gateway';
