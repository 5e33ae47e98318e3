import type { Outlet } from '../../conversation/outlet.js';
import { LINES_JOINED_BYTES_MAX } from '../../platform/bounds.js';

/** Lines of one turn of the event loop on their way to a server: what many clients say at one time is one write. */
export class JoinedLines {
  readonly #outlet: Outlet;
  #lines: Buffer[] = [];
  #bytes = 0;

  constructor(outlet: Outlet) {
    this.#outlet = outlet;
  }

  /** Bytes that wait for the end of the turn. */
  get waitingBytes(): number {
    return this.#bytes;
  }

  /** Takes whole lines; they leave in order at the end of this turn. */
  add(lines: readonly Buffer[]): void {
    if (this.#lines.length === 0) process.nextTick(() => this.leave());
    for (const line of lines) {
      this.#lines.push(line);
      this.#bytes += line.length;
    }
    // Who sends that much is to hear at once whether it should pause.
    if (this.#bytes > LINES_JOINED_BYTES_MAX) this.leave();
  }

  /** Lets them leave now. */
  leave(): void {
    const lines = this.#lines;
    const isShort = this.#bytes <= LINES_JOINED_BYTES_MAX;
    this.#lines = [];
    this.#bytes = 0;
    this.#outlet.write(isShort && lines.length > 1 ? [Buffer.concat(lines)] : lines);
  }
}
