import type { ServerResponse } from 'node:http';
import { DASHBOARD_FEED_WAITING_BYTES_MAX } from '../../platform/bounds.js';
import type { Caller } from '../login/gate.js';

/** One open page. Where it does not read, events are left out for it and counted. */
export class FeedPage {
  readonly caller: Caller;
  readonly #response: ServerResponse;
  readonly #gap: (missed: number) => Buffer;
  #missed = 0;

  constructor(caller: Caller, response: ServerResponse, gap: (missed: number) => Buffer) {
    this.caller = caller;
    this.#response = response;
    this.#gap = gap;
    response.on('drain', () => this.#catchUp());
  }

  send(bytes: Buffer): void {
    if (this.#response.destroyed) return;
    if (this.#missed > 0 || this.#response.writableLength > DASHBOARD_FEED_WAITING_BYTES_MAX) {
      this.#missed += 1;
      return;
    }
    this.#response.write(bytes);
  }

  /** Keeps a quiet connection open. */
  comment(): void {
    if (!this.#response.destroyed && this.#response.writableLength === 0) this.#response.write(':\n\n');
  }

  end(bytes?: Buffer): void {
    this.#response.end(bytes);
  }

  #catchUp(): void {
    if (this.#missed === 0 || this.#response.destroyed) return;
    const missed = this.#missed;
    this.#missed = 0;
    this.#response.write(this.#gap(missed));
  }
}
