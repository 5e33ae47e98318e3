import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import type { AuditSink } from '../../../src/audit/sink.js';
import { SignedChain } from '../../../src/audit/signed-chain.js';
import { fingerprintOf, type SigningKey } from '../../../src/audit/signing-key.js';
import { WriterChain } from '../../../src/audit/writer-chain.js';
import type { Random } from '../../support/random.js';
import { decisionFields, outcomeFields } from '../lines.js';

/** One line of a made log. A torn one has no line feed of its own writer. */
export interface MadeLine {
  text: string;
  readonly writer: string;
  readonly seq: number;
  readonly isTorn?: boolean;
}

/** A log as guard would leave it. */
export interface MadeLog {
  /** The files, oldest first; the last one is the current file. */
  readonly files: MadeLine[][];
  /** Checkpoints as an anchor got them. */
  readonly heads: string[];
  readonly key: SigningKey;
}

/** The DER of an Ed25519 private key but for its 32 bytes (RFC 8410). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** A key that is the same in every run, so that signatures and with them trials are. */
export function makeKey(byte: number): SigningKey {
  const der = Buffer.concat([PKCS8, Buffer.alloc(32, byte)]);
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(privateKey);
  return {
    fingerprint: fingerprintOf(publicKey),
    publicKey,
    publicPem: String(publicKey.export({ format: 'pem', type: 'spki' })),
    sign: (body) => sign(null, Buffer.from(body), privateKey).toString('hex'),
  };
}

/** A sink whose writes fall into a log that others write to as well, and can be cut short. */
class LogSink implements AuditSink {
  readonly #log: MadeLine[][];
  readonly #writer: string;
  #staged: string[] = [];
  kept = [0];
  failing = false;
  /** How many bytes of the next commit are written before it fails; undefined where it works. */
  shortBytes: number | undefined;

  constructor(log: MadeLine[][], writer: string) {
    this.#log = log;
    this.#writer = writer;
  }

  stage(line: string): void {
    this.#staged.push(line.slice(0, -1));
  }

  commit(): void {
    const lines = this.#staged;
    this.#staged = [];
    let left = this.shortBytes ?? Infinity;
    this.kept = [0];
    for (const text of lines) {
      if (left <= 0) break;
      const part = text.slice(0, left);
      const isTorn = part.length < text.length;
      this.#log
        .at(-1)
        ?.push({ text: part, writer: this.#writer, seq: (JSON.parse(text) as { seq: number }).seq, isTorn });
      if (!isTorn) this.kept = [(this.kept[0] ?? 0) + 1];
      left -= text.length + 1;
    }
    if (this.shortBytes === undefined || lines.length === 0) return;
    this.shortBytes = undefined;
    throw new Error('the disk is full');
  }

  close(): void {}
}

export interface LogShape {
  /** Whether writers may be killed and disks be full. */
  readonly isRough: boolean;
}

/** Several writers at once, with checkpoints, rotations and, where it is rough, kills and full disks. */
export function makeLog(random: Random, key: SigningKey, { isRough }: LogShape): MadeLog {
  const files: MadeLine[][] = [[]];
  const heads: string[] = [];
  const count = 1 + random.below(4);
  const writers = Array.from({ length: count }, (_none, index) => {
    const writer = `w${index}-${random.below(1e9)}`;
    const clock = { timestamp: () => new Date(random.below(1e12)).toISOString() };
    const sink = new LogSink(files, writer);
    const chain = new WriterChain(sink, clock, { writer, upstream: 'files', session: null, agent: null });
    const log = new SignedChain({
      chain,
      clock,
      diagnostics: { repeated: () => undefined },
      openKey: () => key,
      onCheckpoint: (line) => void heads.push(line),
    });
    return { sink, chain, log, left: 5 + random.below(40), isKilled: false };
  });
  for (;;) {
    const alive = writers.filter((writer) => writer.left > 0);
    const writer = alive[random.below(alive.length)];
    if (writer === undefined) break;
    const batch = Math.min(writer.left, 1 + random.below(3));
    writer.left -= batch;
    for (let index = 0; index < batch; index += 1) {
      const { encoder } = writer.chain;
      const [ts, id] = [new Date(random.below(1e12)).toISOString(), String(random.below(1e6))];
      const more =
        random.below(3) === 0 ? { arguments: { path: `/x/${id}`, deep: { list: [1, { a: id }] } } } : {};
      if (random.below(2) === 0) writer.log.stage(encoder.decision(ts, decisionFields(id, more)));
      else writer.log.stage(encoder.outcome(ts, outcomeFields(id)));
    }
    const fate = isRough ? random.below(30) : -1;
    if (fate === 0 || fate === 1) writer.sink.shortBytes = random.below(1200);
    if (fate === 1) {
      // Killed within the write: nothing follows.
      writer.left = 0;
      writer.isKilled = true;
    }
    try {
      writer.log.commit();
    } catch {
      // Its calls are denied; the next commit goes on.
    }
    if (!writer.isKilled && random.below(10) === 0) writer.log.checkpointNow();
    if (!writer.isKilled && writer.left === 0) writer.log.close();
    if (random.below(25) === 0) files.push([]);
  }
  return { files, heads, key };
}

/** The bytes of one file. What a torn line lacks is closed by the next writer; the last one stays open. */
export function fileText(lines: readonly MadeLine[]): string {
  return lines
    .map(({ text, isTorn }, index) => (isTorn === true && index === lines.length - 1 ? text : `${text}\n`))
    .join('');
}
