import { AUDIT_CHECKPOINT_MS, AUDIT_CHECKPOINT_RECORDS } from '../platform/bounds.js';
import type { Clock } from '../platform/clock.js';
import type { Diagnostics } from '../platform/diagnostics.js';
import { messageOf } from '../platform/errors.js';
import type { RecordParts } from './encode.js';
import type { SigningKey } from './signing-key.js';
import type { RecordLog, WriterChain } from './writer-chain.js';

export interface SignedChainOptions {
  readonly chain: WriterChain;
  readonly clock: Pick<Clock, 'timestamp'>;
  readonly diagnostics: Pick<Diagnostics, 'repeated'>;
  /** Opens the key, with the first checkpoint and not before. Throws GuardError `audit-key-unusable`. */
  readonly openKey: () => SigningKey;
  /** Takes each checkpoint that was written, a line without its line feed. Must not throw or wait. */
  readonly onCheckpoint?: (line: string) => void;
}

/**
 * A writer's chain that signs itself: after AUDIT_CHECKPOINT_RECORDS, AUDIT_CHECKPOINT_MS after a
 * record that is not signed yet, and at its end. A signature is made after the commit that it follows
 * has returned, never on the way of a call. Without a key records go on unsigned, an event `unsigned`
 * says so, and the key is tried again when the next checkpoint is due.
 */
export class SignedChain implements RecordLog {
  readonly #options: SignedChainOptions;
  #key: SigningKey | undefined;
  #signedCount = 0;
  #hasSaidUnsigned = false;
  #soon: NodeJS.Immediate | undefined;
  #later: NodeJS.Timeout | undefined;
  #isFinished = false;

  constructor(options: SignedChainOptions) {
    this.#options = options;
  }

  stage(parts: RecordParts): void {
    this.#options.chain.stage(parts);
  }

  commit(): void {
    this.#options.chain.commit();
    this.#plan();
  }

  /** Has a checkpoint written soon, where there is something to sign: the file was rotated. */
  checkpointSoon(): void {
    this.#soon ??= setImmediate(() => this.checkpointNow());
  }

  /**
   * Writes what is staged and a checkpoint at once, where there is something to sign. False where no
   * checkpoint was written that signs all records so far.
   */
  checkpointNow(): boolean {
    return this.#checkpoint(false);
  }

  /** Writes the closing checkpoint; nothing where there are no records. Safe to call twice. */
  finish(): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    if (this.#options.chain.count > 0) this.#checkpoint(true);
    this.#unplan();
  }

  close(): void {
    this.finish();
    this.#options.chain.close();
  }

  #plan(): void {
    const unsigned = this.#options.chain.count - this.#signedCount;
    if (unsigned <= 0 || this.#isFinished) return;
    if (unsigned >= AUDIT_CHECKPOINT_RECORDS) this.checkpointSoon();
    else this.#later ??= setTimeout(() => this.checkpointNow(), AUDIT_CHECKPOINT_MS).unref();
  }

  #unplan(): void {
    clearImmediate(this.#soon);
    clearTimeout(this.#later);
    this.#soon = undefined;
    this.#later = undefined;
  }

  #checkpoint(closing: boolean): boolean {
    this.#unplan();
    const { chain, clock, onCheckpoint } = this.#options;
    if (!closing && chain.count <= this.#signedCount) return this.#key !== undefined;
    const key = this.#openKey();
    if (key === undefined) return false;
    const isWritten = chain.writeOwn(
      (count) => chain.encoder.checkpoint(clock.timestamp(), { count, closing, key: key.fingerprint }),
      (body) => `,"signature":"${key.sign(body)}"}`,
    );
    if (isWritten) {
      this.#signedCount = chain.count;
      if (chain.last !== undefined) onCheckpoint?.(chain.last);
    }
    this.#plan();
    return isWritten;
  }

  #openKey(): SigningKey | undefined {
    try {
      this.#key ??= this.#options.openKey();
    } catch (error) {
      const { chain, clock, diagnostics } = this.#options;
      diagnostics.repeated('audit-key', messageOf(error));
      if (!this.#hasSaidUnsigned) {
        const fields = { event: 'unsigned', detail: messageOf(error) };
        this.#hasSaidUnsigned = chain.writeOwn(() => chain.encoder.event(clock.timestamp(), fields));
      }
      // Not signed, but the next try is not due before as many more.
      this.#signedCount = chain.count;
    }
    return this.#key;
  }
}
