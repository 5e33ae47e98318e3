import type { IncomingMessage } from 'node:http';
import { REMOTE_LISTEN_HEAD_START_MS } from '../../platform/bounds.js';
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

  /**
   * Opens the stream, once the handshake is over. Resolves when the server can be taken to know of it:
   * what a server asks on a stream that is not there yet is lost, so no request may overtake this one.
   * Since a server may send the headers only with its first event, their absence is waited for no longer
   * than REMOTE_LISTEN_HEAD_START_MS after the request has left. Never rejects.
   */
  start(): Promise<void> {
    if (this.#state === 'open' || this.#controller.signal.aborted) return Promise.resolve();
    this.#state = 'open';
    return new Promise((known) => {
      void this.#run(known).finally(known);
    });
  }

  /** Opens it again if it was given up: the server answers again. */
  restart(): void {
    if (this.#state === 'lost') void this.start();
  }

  abort(): void {
    this.#state = 'absent';
    this.#controller.abort();
  }

  async #run(known: () => void): Promise<void> {
    const { wire, clock, incoming } = this.#parts;
    const { signal } = this.#controller;
    try {
      await followStream({
        wire,
        clock,
        signal,
        wanted: () => true,
        reopen: (lastEventId) => this.#open(lastEventId, known),
        onData: (data) => incoming.relayBody(Buffer.from(data, 'utf8')),
      });
      this.#lose('the stream ended again and again without an event');
    } catch (error) {
      this.#lose(messageOf(error));
    }
  }

  async #open(lastEventId: string | undefined, known: () => void): Promise<IncomingMessage | null> {
    const sent = (): void => void setTimeout(known, REMOTE_LISTEN_HEAD_START_MS).unref();
    const stream = await requestStream(this.#parts, lastEventId, this.#controller.signal, sent);
    known();
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
