import type { Loss } from '../../conversation/server-lane.js';
import { ERROR_CODES } from '../../jsonrpc/error-codes.js';
import { GATEWAY_WAITING_LINES_MAX } from '../../platform/bounds.js';
import { messageOf } from '../../platform/errors.js';
import type {
  Connection,
  ConnectionEvents,
  DroppedLine,
  ServerFacts,
  ServerMessage,
} from '../upstreams/connection.js';
import type { Leg } from './leg.js';

export interface WayOptions {
  /** Opens a connection; rejects with an error that says why the server cannot be reached. */
  readonly connect: (events: ConnectionEvents) => Promise<Connection>;
  /** The one leg whose connection it is; none where all share it. */
  readonly owner?: Leg;
  /** Takes a line of the server. */
  readonly frame: (line: Buffer, facts: ServerFacts, message: ServerMessage) => void;
  /** Told when the connection is over. */
  readonly onGone?: () => void;
  /** Told of a defect that was caught: one line's trouble ends no connection. */
  readonly onDefect: (error: unknown) => void;
}

/** Lines of a leg that wait for a connection. */
export interface WaitingLines {
  readonly leg: Leg;
  readonly lines: readonly Buffer[];
}

/** More waits for a server that starts than is kept. */
export const OVERLOADED: Loss = {
  code: ERROR_CODES.internalError,
  message: 'too many messages wait for the server to start',
  failureClass: 'overloaded',
};

/**
 * The way to one server: connects when it is first used, and again when it is used after an end.
 * Lines that come before the connection stands wait, in order and within a bound.
 */
export class Way {
  readonly #options: WayOptions;
  /** Legs with something sent over the connection that stands. */
  readonly #users = new Set<Leg>();
  #connection: Connection | undefined;
  #connecting: Promise<Connection> | undefined;
  #waiting: WaitingLines[] = [];
  #closed = false;

  constructor(options: WayOptions) {
    this.#options = options;
  }

  /** What the server said of itself, once it is connected; rejects where it cannot be reached. */
  async facts(): Promise<ServerFacts> {
    return (this.#connection ?? (await this.#connect())).facts;
  }

  /** Sends whole lines of a leg, now or when the connection stands; what cannot be sent is answered. */
  send(leg: Leg, lines: readonly Buffer[]): void {
    if (this.#connection !== undefined) {
      this.#users.add(leg);
      this.#connection.send(leg.inEra(this.#connection.facts.era, lines));
      return;
    }
    if (isFull(this.#waiting, lines)) return leg.lost(OVERLOADED);
    this.#waiting.push({ leg, lines });
    this.#connect().catch(() => undefined);
  }

  /** Sends a line of guard's own; without a connection it is dropped. */
  sendAsIs(line: Buffer): void {
    this.#connection?.send([line]);
  }

  /** The leg is gone: what it still wanted to say is not said. */
  forget(leg: Leg): void {
    this.#users.delete(leg);
    this.#waiting = this.#waiting.filter((entry) => entry.leg !== leg);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#waiting = [];
    await this.#connection?.close();
  }

  #connect(): Promise<Connection> {
    this.#connecting ??= this.#open();
    return this.#connecting;
  }

  async #open(): Promise<Connection> {
    try {
      const connection = await this.#options.connect(this.#events());
      if (this.#closed) {
        await connection.close();
        throw new Error('the gateway is ending');
      }
      this.#connection = connection;
      const { owner } = this.#options;
      if (owner !== undefined) this.#users.add(owner);
      for (const { leg, lines } of this.#taken()) this.send(leg, lines);
      return connection;
    } catch (error) {
      const legs = new Set(this.#taken().map(({ leg }) => leg));
      for (const leg of legs) leg.lost(lossOf(error));
      throw error;
    } finally {
      this.#connecting = undefined;
    }
  }

  #events(): ConnectionEvents {
    return {
      frame: (line, message) => {
        if (this.#connection === undefined) return;
        try {
          this.#options.frame(line, this.#connection.facts, message);
        } catch (error) {
          this.#options.onDefect(error);
        }
      },
      dropped: (line) => this.#dropped(line),
      gone: (description) => this.#gone(description),
    };
  }

  #taken(): WaitingLines[] {
    const waiting = this.#waiting;
    this.#waiting = [];
    return waiting;
  }

  /** A line that could not be read answers nobody; who waits for it is told. */
  #dropped({ id, reason, detail }: DroppedLine): void {
    if (id === undefined) return;
    const code = reason === 'too-large' ? ERROR_CODES.answerTooLarge : ERROR_CODES.internalError;
    const loss = { code, message: `the server's answer could not be used (${detail})`, failureClass: reason };
    for (const leg of this.#users) leg.lostAnswer(id, loss);
  }

  #gone(description: string): void {
    this.#connection = undefined;
    this.#options.onGone?.();
    const legs = [...this.#users];
    this.#users.clear();
    const message = `the server ${description} before it answered`;
    for (const leg of legs) leg.lost({ code: ERROR_CODES.serverGone, message, failureClass: 'exited' });
  }
}

/** Whether these lines are more than may wait beside those that do. */
export function isFull(waiting: readonly WaitingLines[], more: readonly Buffer[]): boolean {
  let count = more.length;
  for (const { lines } of waiting) count += lines.length;
  return count > GATEWAY_WAITING_LINES_MAX;
}

/** Why a server cannot be reached, for the answers of the requests that wanted it. */
export function lossOf(error: unknown): Loss {
  const failureClass =
    error instanceof Error && 'failureClass' in error ? String(error.failureClass) : 'unreachable';
  return { code: ERROR_CODES.internalError, message: messageOf(error), failureClass };
}
