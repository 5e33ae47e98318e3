import path from 'node:path';
import { openFileSink } from '../audit/file-sink.js';
import { maskedValue } from '../audit/redaction/mask.js';
import { createReopeningSink } from '../audit/reopening-sink.js';
import { createAuditTrail, type AuditTrail } from '../audit/trail.js';
import type { LoadedConfig } from '../config/load.js';
import type { Diagnostics } from '../platform/diagnostics.js';
import { VERSION } from '../platform/version.js';
import type { CommandInput, Tools } from './command.js';
import { createLogUpkeep, recordSigned } from './log-upkeep.js';
import { type Anchors, openAnchors } from './open-anchors.js';
import { noteTornEnd, openChain } from './open-chain.js';
import { ownKeys } from './own-keys.js';
import type { SecretsInForce } from './secrets-in-force.js';
import { textOption } from './text-option.js';
import type { WrapTarget } from './wrap-target.js';

export interface TrailInput {
  readonly input: CommandInput;
  readonly tools: Tools;
  readonly config: LoadedConfig;
  readonly target: WrapTarget;
  readonly diagnostics: Diagnostics;
  readonly secrets: SecretsInForce;
  /** Fingerprint of the approvers; null where any answer counts. */
  readonly approvers: string | null;
}

/** The audit trail of this process, and where its heads go as well. The file is opened with the first record, never at the start. */
export function openTrail({ input, tools, config, target, diagnostics, secrets, approvers }: TrailInput): {
  readonly trail: AuditTrail;
  readonly anchors: Anchors;
} {
  const { audit } = config.settings;
  const named = textOption(input, 'audit');
  const file = named === undefined ? audit.path : path.resolve(tools.cwd, named);
  const { clock } = tools;
  const upkeep = createLogUpkeep({
    log: file,
    audit,
    clock,
    diagnostics,
    onRotated: () => chain.checkpointSoon(),
    keys: () => ownKeys(tools.env),
    record: (event) => recordSigned(trail, chain, event),
  });
  const sink = createReopeningSink(
    () => openFileSink({ path: file, fsync: audit.fsync, clock, rotation: upkeep.rotation }),
    (opened) => noteTornEnd(opened, () => trail),
  );
  // Masked here and not only in the trail, since the chain writes records of its own.
  const constants = maskedValue(
    {
      writer: target.writer,
      upstream: target.parties.server,
      // Where no session can be told, what this process does is still to be found together.
      session: target.parties.session ?? target.writer,
      agent: target.parties.agent ?? null,
    },
    secrets.mask,
  );
  const anchors = openAnchors(audit.anchor, clock, diagnostics);
  const chain = openChain(sink, tools, diagnostics, constants, anchors.send);
  const trail: AuditTrail = createAuditTrail({
    log: chain,
    clock,
    diagnostics,
    constants,
    session: {
      guard_version: VERSION,
      pid: process.pid,
      command: commandOf(target),
      mode: config.mode,
      approvers,
      config: config.layers.map(({ layer, path: place, digest }) => ({ layer, path: place, digest })),
    },
    logsArguments: audit.logArguments,
    logsResponses: audit.includeResponses,
    redact: secrets.redaction(config),
    secrets: secrets.known,
  });
  const close = (): void => {
    upkeep.close();
    trail.close();
  };
  return { trail: { ...trail, close }, anchors };
}

/** The program and how many words follow it: arguments hold secrets too often to be recorded. */
function commandOf({ server }: WrapTarget): string {
  if ('url' in server) return `${server.url.origin}${server.url.pathname}`;
  const [command = '', ...args] = server.words;
  return `${command} (${args.length} arguments)`;
}
