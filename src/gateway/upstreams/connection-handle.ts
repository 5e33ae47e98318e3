import type { ConnectionEvents, OwnedConnection, ServerFacts, SharedConnection } from './connection.js';

/** One listener's hold on a connection that its supervisor owns. */
export class ConnectionHandle implements SharedConnection {
  readonly #connection: OwnedConnection;
  readonly #events: ConnectionEvents;
  readonly #onLeave: () => Promise<void>;
  readonly #left: Promise<void>;
  #leaving: Promise<void> | undefined;
  #leave: () => void = () => undefined;

  /** Begins to listen. `onLeave` is called once, when the listener left or was told that the server is gone. */
  constructor(connection: OwnedConnection, events: ConnectionEvents, onLeave: () => Promise<void>) {
    this.#connection = connection;
    this.#events = events;
    this.#onLeave = onLeave;
    this.#left = new Promise((resolve) => {
      this.#leave = resolve;
    });
    connection.listen(events);
  }

  get facts(): ServerFacts {
    return this.#connection.facts;
  }

  get waitingBytes(): number {
    return this.#over ? 0 : this.#connection.waitingBytes;
  }

  get blocked(): boolean {
    return !this.#over && this.#connection.blocked;
  }

  send(lines: readonly Buffer[]): void {
    if (!this.#over) this.#connection.send(lines);
  }

  pause(): void {
    if (!this.#over) this.#connection.pause();
  }

  resume(): void {
    if (!this.#over) this.#connection.resume();
  }

  check(): void {
    if (!this.#over) this.#connection.check();
  }

  detach(): void {
    void this.close();
  }

  close(): Promise<void> {
    if (this.#leaving === undefined) {
      this.#connection.listen(null);
      this.#leaving = this.#onLeave();
      this.#leave();
    }
    return this.#leaving;
  }

  /** Asks the listener to finish; resolves when it has left. */
  drain(): Promise<void> {
    if (!this.#over) this.#events.draining?.();
    return this.#left;
  }

  /** Takes the connection away from its listener. */
  gone(description: string): void {
    if (this.#over) return;
    void this.close();
    this.#events.gone(description);
  }

  get #over(): boolean {
    return this.#leaving !== undefined;
  }
}
