import { Readable } from 'node:stream';
import { QUEUE_BYTES_MAX } from '../../platform/bounds.js';

const LF = Buffer.from('\n');

/** The server's frames as one stream, written by many responses at once, each held up while nobody reads. */
export class OutputFeed {
  readonly stream: Readable;
  #ended = false;
  #room: Promise<void> | null = null;
  #makeRoom: () => void = () => undefined;

  constructor() {
    this.stream = new Readable({
      highWaterMark: QUEUE_BYTES_MAX,
      read: () => this.#release(),
      destroy: (error, callback) => {
        this.end();
        callback(error);
      },
    });
  }

  /** Sends one line whole; resolves when there is room for more. After the end lines are dropped. */
  send(line: Buffer): Promise<void> {
    if (this.#ended) return Promise.resolve();
    if (this.stream.push(Buffer.concat([line, LF]))) return Promise.resolve();
    this.#room ??= new Promise((resolve) => {
      this.#makeRoom = resolve;
    });
    return this.#room;
  }

  /** Ends the stream behind what was sent. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#release();
    if (!this.stream.destroyed) this.stream.push(null);
  }

  #release(): void {
    this.#room = null;
    this.#makeRoom();
  }
}
