import type { EventStream, Reply, ReplyHeaders } from '../../../../src/gateway/http/port.js';
import type { JsonObject } from '../../../../src/platform/json.js';
import { eventually } from '../../../support/eventually.js';

/** The way to answer one exchange, which keeps what it was given. A second answer is a mistake. */
export class FakeReply implements Reply {
  status: number | undefined;
  headers: ReplyHeaders = {};
  /** The text of the one body; undefined for a stream and for no answer yet. */
  body: string | undefined;
  /** The text of each event, in order. */
  readonly events: string[] = [];
  readonly names: (string | undefined)[] = [];
  isStream = false;
  isDone = false;
  #left = false;
  readonly #listeners: (() => void)[] = [];

  get over(): boolean {
    return this.isDone || this.#left;
  }

  json(status: number, body: Uint8Array | string, headers: ReplyHeaders = {}): void {
    this.#begin(status, headers);
    this.body = Buffer.from(body).toString('utf8');
    this.isDone = true;
  }

  empty(status: number, headers: ReplyHeaders = {}): void {
    this.#begin(status, headers);
    this.isDone = true;
  }

  stream(headers: ReplyHeaders = {}): EventStream {
    this.#begin(200, headers);
    this.isStream = true;
    return {
      send: (message, event) => {
        if (this.over) return;
        this.events.push(Buffer.from(message).toString('utf8'));
        this.names.push(event?.name);
      },
      end: () => void (this.isDone = true),
    };
  }

  onLeft(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** The client disconnects. */
  leave(): void {
    if (this.over) return;
    this.#left = true;
    for (const listener of this.#listeners) listener();
  }

  /** The answer to the request: the body, or the last event of a stream that has ended. */
  get answer(): string | undefined {
    if (!this.isDone) return undefined;
    return this.isStream ? this.events.at(-1) : this.body;
  }

  /** Waits for the answer and reads it. */
  async answered(): Promise<JsonObject> {
    const text = await eventually('the answer', () => this.answer);
    return JSON.parse(text) as JsonObject;
  }

  /** Waits for the n-th event and reads it. */
  async event(index: number): Promise<JsonObject> {
    const text = await eventually(`event ${index}`, () => this.events[index]);
    return JSON.parse(text) as JsonObject;
  }

  #begin(status: number, headers: ReplyHeaders): void {
    if (this.#left) return;
    if (this.status !== undefined) throw new Error(`answered twice: ${this.status}, then ${status}`);
    this.status = status;
    this.headers = headers;
  }
}
