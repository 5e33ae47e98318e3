import type { IncomingMessage } from 'node:http';
import { messageOf } from '../../platform/errors.js';
import { RemoteFailure } from './failure.js';
import { followStream } from './follow-stream.js';
import { requestStream, type TransportParts } from './transport.js';

/**
 * The stream that a legacy client opens with GET, for what the server says unasked. Servers need not
 * offer it, so its absence is no error.
 */
export class ListeningStream {
  readonly #parts: TransportParts;
  readonly #controller = new AbortController();
  #held = false;
  #state: 'idle' | 'open' | 'lost' | 'absent' = 'idle';

  constructor(parts: TransportParts) {
    this.#parts = parts;
  }

  /** Opens the stream, once the handshake is over. */
  start(): void {
    if (this.#state === 'open' || this.#controller.signal.aborted) return;
    this.#state = 'open';
    // Reports its own failures and never rejects: no message waits for it.
    void this.#run();
  }

  /** Opens it again if it was given up: the server answers again. */
  restart(): void {
    if (this.#state === 'lost') this.start();
  }

  abort(): void {
    this.#state = 'absent';
    this.#controller.abort();
  }

  async #run(): Promise<void> {
    const { wire, clock, incoming } = this.#parts;
    const { signal } = this.#controller;
    try {
      await followStream({
        wire,
        clock,
        signal,
        wanted: () => true,
        reopen: (lastEventId) => this.#open(lastEventId),
        onData: (data) => incoming.relayBody(Buffer.from(data, 'utf8')),
      });
      this.#lose('the stream ended again and again without an event');
    } catch (error) {
      this.#lose(messageOf(error));
    }
  }

  async #open(lastEventId: string | undefined): Promise<IncomingMessage | null> {
    const stream = await requestStream(this.#parts, lastEventId, this.#controller.signal);
    if (typeof stream !== 'number') {
      this.#held = true;
      return stream;
    }
    // What the server cannot do now it may do later; anything else is its way to say that it has no such stream.
    const refused = new RemoteFailure(`the stream is refused (HTTP ${stream})`, { status: stream });
    if (stream >= 500 || stream === 429) throw refused;
    this.#state = 'absent';
    // It was there before, so it may be the session that is there no longer.
    if (this.#held) this.#parts.onFailure(refused);
    return null;
  }

  #lose(reason: string): void {
    if (this.#state !== 'open') return;
    this.#state = 'lost';
    this.#parts.onFailure(new RemoteFailure(reason));
    this.#parts.wire.diagnostics?.repeated(
      'remote-stream',
      `messages that the server sends unasked do not arrive for now: ${reason}`,
    );
  }
}
