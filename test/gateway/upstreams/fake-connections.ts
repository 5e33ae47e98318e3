import type { LineEvents, OwnedConnection, ServerFacts } from '../../../src/gateway/upstreams/connection.js';
import type { ConnectionRequest, OpenConnection } from '../../../src/gateway/upstreams/open-connection.js';

const FACTS: ServerFacts = {
  era: 'legacy',
  revision: '2025-11-25',
  supportedVersions: ['2025-11-25'],
  result: {},
};

/** A connection that a test ends. */
export class FakeConnection implements OwnedConnection {
  readonly facts = FACTS;
  readonly ended: Promise<string>;
  readonly waitingBytes = 0;
  readonly blocked = false;
  readonly sent: string[] = [];
  events: LineEvents | null = null;
  closes = 0;
  /** Ends it the way a server does that dies. */
  end: (description: string) => void = () => undefined;

  constructor() {
    this.ended = new Promise((resolve) => {
      this.end = resolve;
    });
  }

  listen(events: LineEvents | null): void {
    this.events = events;
  }

  send(lines: readonly Buffer[]): void {
    this.sent.push(...lines.map(String));
  }

  pause(): void {}
  resume(): void {}
  check(): void {}

  close(): Promise<void> {
    this.closes += 1;
    this.end('was closed');
    return Promise.resolve();
  }
}

/** An opener whose every opening the test decides. */
export class FakeOpener {
  readonly requests: ConnectionRequest[] = [];
  readonly connections: FakeConnection[] = [];
  /** Decides about openings in their order; beyond its end they work. */
  outcomes: (Error | 'hang' | 'open')[] = [];
  readonly #hanging: { readonly resolve: (connection: FakeConnection) => void }[] = [];

  readonly open: OpenConnection = (request) => {
    this.requests.push(request);
    const outcome = this.outcomes.shift() ?? 'open';
    if (outcome instanceof Error) return Promise.reject(outcome);
    if (outcome === 'open') return Promise.resolve(this.#made());
    return new Promise((resolve) => {
      this.#hanging.push({ resolve });
    });
  };

  /** Lets the oldest opening that hangs come to its end. */
  finish(): FakeConnection {
    const connection = this.#made();
    this.#hanging.shift()?.resolve(connection);
    return connection;
  }

  /** The connection that was made last. */
  get last(): FakeConnection {
    const connection = this.connections.at(-1);
    if (connection === undefined) throw new Error('no connection was made');
    return connection;
  }

  #made(): FakeConnection {
    const connection = new FakeConnection();
    this.connections.push(connection);
    return connection;
  }
}
