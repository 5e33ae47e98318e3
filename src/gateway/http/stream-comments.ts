import { STREAM_COMMENT_MS } from '../../platform/bounds.js';

/** Something that is written to now and then so that no proxy takes it for dead. */
interface Commented {
  comment(): void;
}

/** One timer that writes a comment on every open event stream; it runs while there is one. */
export class StreamComments {
  readonly #everyMs: number;
  readonly #streams = new Set<Commented>();
  #timer: NodeJS.Timeout | undefined;

  constructor(everyMs = STREAM_COMMENT_MS) {
    this.#everyMs = everyMs;
  }

  /** Streams that are open. */
  get open(): number {
    return this.#streams.size;
  }

  add(stream: Commented): void {
    this.#streams.add(stream);
    this.#timer ??= setInterval(() => {
      for (const open of this.#streams) open.comment();
    }, this.#everyMs).unref();
  }

  delete(stream: Commented): void {
    this.#streams.delete(stream);
    if (this.#streams.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
