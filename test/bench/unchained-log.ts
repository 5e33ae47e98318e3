import type { RecordParts } from '../../src/audit/encode.js';
import type { AuditSink } from '../../src/audit/sink.js';
import type { RecordLog } from '../../src/audit/writer-chain.js';

/**
 * What stands in the place of the chain where its cost is measured: records have numbers, and neither a
 * hash nor a signature. `node scripts/build.js --unchained FOLDER` builds guard with it; no option and
 * no setting of guard leads here.
 */
export class WriterChain implements RecordLog {
  readonly #sink: AuditSink;
  #seq = 0;

  constructor(sink: AuditSink) {
    this.#sink = sink;
  }

  stage({ head, rest }: RecordParts): void {
    this.#seq += 1;
    this.#sink.stage(`${head}${this.#seq},"prev":null${rest}\n`);
  }

  commit(): void {
    this.#sink.commit();
  }

  close(): void {
    this.#sink.close();
  }
}

/** The same in the place of the chain that signs itself. */
export class SignedChain implements RecordLog {
  readonly #log: RecordLog;

  constructor({ chain }: { readonly chain: RecordLog }) {
    this.#log = chain;
  }

  stage(parts: RecordParts): void {
    this.#log.stage(parts);
  }

  commit(): void {
    this.#log.commit();
  }

  checkpointSoon(): void {
    // There is nothing to sign.
  }

  checkpointNow(): boolean {
    return true;
  }

  finish(): void {
    // As above.
  }

  close(): void {
    this.#log.close();
  }
}
