import fs from 'node:fs';
import { argumentsDigest } from '../../src/audit/digest.js';
import { createRecordEncoder, type RecordEncoder, type RecordParts } from '../../src/audit/encode.js';
import type { AuditSink } from '../../src/audit/sink.js';
import { SignedChain } from '../../src/audit/signed-chain.js';
import { openSigningKey } from '../../src/audit/signing-key.js';
import { WriterChain } from '../../src/audit/writer-chain.js';
import { AUDIT_CHECKPOINT_RECORDS } from '../../src/platform/bounds.js';
import { randomFrom } from '../support/random.js';

interface Writer {
  readonly name: string;
  readonly encoder: RecordEncoder;
  readonly chain: SignedChain;
  records: number;
}

const SERVERS = ['files', 'github', 'billing', 'search'];
const AGENTS = ['claude', 'support-7', null];
const VERBS = ['read', 'write', 'list', 'search', 'create', 'update'];
const NOUNS = ['file', 'issue', 'page', 'invoice', 'branch', 'ticket', 'user'];
const WRITE_BYTES = 4 * 1024 * 1024;

/**
 * Writes a log of so many records, and checkpoints, as eight guards would have: chained, signed with this
 * key, calls of one writer overlapping.
 */
export function writeAuditLog(file: string, records: number, keyFile: string): void {
  const random = randomFrom(1);
  const descriptor = fs.openSync(file, 'w');
  let text = '';
  const sink: AuditSink = {
    stage(line) {
      text += line;
      if (text.length < WRITE_BYTES) return;
      fs.writeSync(descriptor, text);
      text = '';
    },
    commit: () => undefined,
    close: () => undefined,
    kept: [],
    failing: false,
  };
  const key = openSigningKey(keyFile);
  let nowMs = Date.UTC(2026, 0, 1);
  const clock = { timestamp: () => new Date(nowMs).toISOString() };
  const writers = Array.from({ length: 8 }, (_none, index): Writer => {
    const name = `m2k${index}x-7f3a9${index}c2`;
    const constants = {
      writer: name,
      upstream: SERVERS[index % SERVERS.length] ?? '',
      session: `s-${name}`,
      agent: AGENTS[index % AGENTS.length] ?? null,
      client: 'claude-code 2.1.0',
      era: '2025-11-25',
    };
    return {
      name,
      encoder: createRecordEncoder(constants),
      chain: new SignedChain({
        chain: new WriterChain(sink, clock, constants),
        clock,
        diagnostics: { repeated: () => undefined },
        openKey: () => key,
      }),
      records: 0,
    };
  });
  const open: (() => void)[] = [];
  for (let id = 0; id < records / 2; id += 1) {
    nowMs += random.below(4000);
    const ts = new Date(nowMs).toISOString();
    const writer = random.pick(writers);
    const tool = id % 9973 === 0 ? 'delete_repository' : `${random.pick(VERBS)}_${random.pick(NOUNS)}`;
    const isDenied = random.below(20) === 0;
    const call = { request_id: `${writer.name}-${id}`, method: 'tools/call', tool };
    stage(
      writer,
      writer.encoder.decision(ts, {
        ...call,
        rpc_id: id,
        direction: 'client-to-server',
        target: null,
        arg_hash: argumentsDigest(Buffer.from(ts)),
        arg_size: random.below(2000),
        decision: isDenied ? 'deny' : 'allow',
        enforced: true,
        rule: isDenied ? 'no-writes' : 'default',
        layer: 'user',
        reason: isDenied ? 'rule' : 'default',
        approval: null,
        limits: null,
      }),
    );
    open.push(() => {
      const latency = random.below(100) === 0 ? random.below(9_000_000) : random.below(90_000);
      const result = isDenied ? 'denied' : random.below(6) > 0 ? 'ok' : 'tool-error';
      const fields = { ...call, latency_ms: latency / 1000, response_size: random.below(20_000) };
      stage(writer, writer.encoder.outcome(clock.timestamp(), { ...fields, result }));
    });
    while (open.length > random.below(12)) open.shift()?.();
  }
  for (const end of open) end();
  for (const { chain } of writers) chain.finish();
  fs.writeSync(descriptor, text);
  fs.closeSync(descriptor);
}

/** A checkpoint follows as many records as guard lets stand unsigned. */
function stage(writer: Writer, parts: RecordParts): void {
  writer.chain.stage(parts);
  writer.records += 1;
  if (writer.records % AUDIT_CHECKPOINT_RECORDS === 0) writer.chain.checkpointNow();
}
