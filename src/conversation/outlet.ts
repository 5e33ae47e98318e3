import type { Writable } from 'node:stream';
import { QUEUE_BYTES_MAX } from '../platform/bounds.js';

/** The way toward one peer, as the lanes use it. */
export interface FrameOutlet {
  /** Takes whole frames in order; one piece may hold several. */
  write(pieces: readonly Buffer[]): void;
}

/**
 * The way out toward one peer. It never refuses bytes, but says when more wait than the bound, so
 * that the side that feeds it can be paused until the peer has read.
 */
export class Outlet implements FrameOutlet {
  readonly #stream: Writable;
  readonly #onBlocked: (blocked: boolean) => void;
  #blocked = false;
  #closed = false;

  /** `onBlocked(true)` asks to pause what feeds this outlet, `onBlocked(false)` to go on. */
  constructor(stream: Writable, onBlocked: (blocked: boolean) => void) {
    this.#stream = stream;
    this.#onBlocked = onBlocked;
    stream.on('drain', () => this.#unblock());
    // A peer that went away is noticed by the end of its process or of its stream; here it is no news.
    stream.on('error', () => this.#shut());
    stream.on('close', () => this.#shut());
  }

  /** Whether more waits than the bound and the peer has not yet read it all. */
  get blocked(): boolean {
    return this.#blocked;
  }

  /** Bytes that the peer has not taken yet. */
  get waitingBytes(): number {
    return this.#closed ? 0 : this.#stream.writableLength;
  }

  /** Writes pieces in order, as one system call where the platform can. */
  write(pieces: readonly Buffer[]): void {
    if (this.#closed || pieces.length === 0) return;
    if (pieces.length === 1) this.#stream.write(pieces[0]);
    else {
      this.#stream.cork();
      for (const piece of pieces) this.#stream.write(piece);
      this.#stream.uncork();
    }
    if (!this.#blocked && this.#stream.writableLength > QUEUE_BYTES_MAX) {
      this.#blocked = true;
      this.#onBlocked(true);
    }
  }

  /** Ends the stream after what waits in it. */
  end(): void {
    if (this.#closed) return;
    this.#stream.end();
  }

  /** Resolves once everything is taken, the peer is gone, or `timeoutMs` (at most 2^31 - 1) has passed. */
  async drained(timeoutMs: number): Promise<void> {
    if (this.waitingBytes === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      const done = (): void => {
        clearTimeout(timer);
        resolve();
      };
      this.#stream.once('drain', done);
      this.#stream.once('close', done);
      this.#stream.once('error', done);
    });
  }

  #unblock(): void {
    if (!this.#blocked) return;
    this.#blocked = false;
    this.#onBlocked(false);
  }

  #shut(): void {
    this.#closed = true;
    this.#unblock();
  }
}
