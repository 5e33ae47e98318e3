import { DASHBOARD_FEED_BYTES_MAX, DASHBOARD_FEED_EVENTS_MAX } from '../../platform/bounds.js';
import type { FeedEvents } from '../contract/feed.js';

/** An event as its bytes, made once for all pages. */
export interface MadeEvent {
  readonly number: number;
  readonly bytes: Buffer;
}

/** The last events, numbered, for pages that come back. */
export class EventRing {
  /** Tells the events of this process from those of an earlier one. */
  readonly #instance: string;
  #events: MadeEvent[] = [];
  #bytes = 0;
  #last = 0;

  constructor(instance: string) {
    this.#instance = instance;
  }

  /** Makes the next event and keeps it. */
  push<Name extends keyof FeedEvents>(name: Name, data: FeedEvents[Name]): MadeEvent {
    this.#last += 1;
    const made = { number: this.#last, bytes: this.encode(name, data) };
    this.#events.push(made);
    this.#bytes += made.bytes.length;
    while (this.#events.length > DASHBOARD_FEED_EVENTS_MAX || this.#bytes > DASHBOARD_FEED_BYTES_MAX) {
      this.#bytes -= this.#events.shift()?.bytes.length ?? 0;
    }
    return made;
  }

  /** An event for one page, under the number of the last one, so that a break after it loses nothing. */
  encode<Name extends keyof FeedEvents>(name: Name, data: FeedEvents[Name]): Buffer {
    return Buffer.from(
      `id: ${this.#instance}-${this.#last}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`,
    );
  }

  /** The last events, at most so many. */
  newest(count: number): readonly MadeEvent[] {
    return count === 0 ? [] : this.#events.slice(-count);
  }

  /** What came after the event of this id; undefined where that is not known any more. */
  after(id: string): readonly MadeEvent[] | undefined {
    const number = Number(new RegExp(`^${this.#instance}-(\\d{1,15})$`).exec(id)?.[1] ?? Number.NaN);
    const first = this.#events[0]?.number ?? this.#last + 1;
    if (Number.isNaN(number) || number > this.#last || number + 1 < first) return undefined;
    return this.#events.filter((event) => event.number > number);
  }

  /** Forgets what is kept: what came in between was not followed. */
  clear(): void {
    this.#events = [];
    this.#bytes = 0;
    this.#last += 1;
  }
}
