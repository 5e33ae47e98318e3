import type { UpstreamDefinition } from '../../upstream/definition.js';
import { ConnectionHandle } from './connection-handle.js';
import type { Connection, ConnectionEvents, OwnedConnection, SessionClient } from './connection.js';
import { troubleOf, UpstreamUnavailable } from './failure.js';
import type { EraPlan } from './handshake.js';
import type { OpenConnection } from './open-connection.js';
import type { SessionSlots } from './session-slots.js';

export interface SessionRequest {
  readonly definition: UpstreamDefinition;
  readonly plan: EraPlan;
  readonly client: SessionClient;
  readonly events: ConnectionEvents;
}

/** The connections of one upstream that serve one session each. */
export class SessionConnections {
  readonly #open: OpenConnection;
  readonly #slots: SessionSlots;
  readonly #signal: AbortSignal;
  readonly #live = new Map<ConnectionHandle, OwnedConnection>();
  readonly #starting = new Set<Promise<unknown>>();
  /** Servers whose session is over and that have not ended yet. */
  readonly #ending = new Set<Promise<void>>();

  /** `signal` gives up those that are being made. */
  constructor(open: OpenConnection, slots: SessionSlots, signal: AbortSignal) {
    this.#open = open;
    this.#slots = slots;
    this.#signal = signal;
  }

  get size(): number {
    return this.#live.size + this.#starting.size;
  }

  handles(): ConnectionHandle[] {
    return [...this.#live.keys()];
  }

  /** Makes a connection. Rejects with UpstreamUnavailable, also where there is no place for one more. */
  async open({ definition, plan, client, events }: SessionRequest): Promise<Connection> {
    const release = this.#slots.take(definition.name);
    if (release === null) {
      const text = 'serves as many sessions as it may';
      throw new UpstreamUnavailable(troubleOf(definition, 'too-many-connections', text));
    }
    try {
      const starting = this.#open({ definition, plan, client, signal: this.#signal });
      this.#starting.add(starting);
      const connection = await starting.finally(() => this.#starting.delete(starting));
      void connection.ended.then(release);
      if (this.#signal.aborted) {
        await connection.close();
        throw new UpstreamUnavailable(troubleOf(definition, 'stopped', 'was stopped'));
      }
      return this.#held(connection, events);
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Ends them all; resolves when none is left, also of those whose session ended a moment ago. */
  async close(description: string): Promise<void> {
    const live = [...this.#live];
    for (const [handle] of live) handle.gone(description);
    await Promise.all([
      ...live.map(([, connection]) => connection.close()),
      ...[...this.#starting].map((starting) => starting.catch(() => undefined)),
      ...this.#ending,
    ]);
  }

  #held(connection: OwnedConnection, events: ConnectionEvents): ConnectionHandle {
    // It serves nobody else, so it ends with its session.
    const handle: ConnectionHandle = new ConnectionHandle(connection, events, () => {
      this.#live.delete(handle);
      const ending = connection.close().finally(() => this.#ending.delete(ending));
      this.#ending.add(ending);
      return ending;
    });
    this.#live.set(handle, connection);
    void connection.ended.then((description) => handle.gone(description));
    return handle;
  }
}
