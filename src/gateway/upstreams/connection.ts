import type { ByteSpan, RpcId } from '../../jsonrpc/message.js';
import type { ServerAnswer, ServerGarbage, ServerLine } from '../../jsonrpc/server-line.js';
import type { JsonObject } from '../../platform/json.js';

/** legacy: revisions with a handshake (`initialize`); modern: stateless ones, from 2026-07-28 on. */
export type Era = 'legacy' | 'modern';

/** What a server said of itself in the handshake. */
export interface ServerFacts {
  readonly era: Era;
  /** The revision to be spoken with it. */
  readonly revision: string;
  /** All that it named: one for a legacy server, those of `server/discover` for a modern one. */
  readonly supportedVersions: readonly string[];
  /** The whole `result` of `initialize` or `server/discover`. */
  readonly result: JsonObject;
}

/** An answer, with the place of its id in its line. */
export interface RoutedAnswer extends ServerAnswer {
  readonly idSpan: ByteSpan;
}

/** A line of the server that is a message, as far as routing needs it. */
export type ServerMessage = Exclude<ServerLine, ServerGarbage | ServerAnswer> | RoutedAnswer;

/** A line of the server that was dropped, since it is no message or above the bound. */
export interface DroppedLine {
  readonly reason: 'garbled' | 'too-large';
  readonly detail: string;
  readonly bytes: number;
  /** The request that it seems to answer, which will get no other answer. */
  readonly id: RpcId | undefined;
}

/** Hears the lines that come over one connection. Never throws. */
export interface LineEvents {
  /**
   * One whole line of the server as it came, with its line feed, that is no answer to a request of
   * the connection itself; `message` is what the line was understood as.
   */
  frame(line: Buffer, message: ServerMessage): void;
  /** A line was dropped; it is noted already. */
  dropped(line: DroppedLine): void;
  /** Everything that came in one read was told. */
  readEnd?(): void;
  /** Whether more waits for the server than the bound, so that what feeds it should pause. */
  blocked?(blocked: boolean): void;
}

/** Hears what comes over one connection, and what becomes of it. Never throws. */
export interface ConnectionEvents extends LineEvents {
  /** The upstream's config changed or it was removed: finish what is open, then close or detach. */
  draining?(): void;
  /** The server is gone and nothing more comes: `exited with code 3`. Not told after `close`. */
  gone(description: string): void;
}

/** One live, handshaken connection to a server. Ids of its own requests begin with `guard-`. */
export interface Connection {
  readonly facts: ServerFacts;
  /**
   * Sends whole lines, each with its line feed, in order. After the end they are dropped. They are
   * never refused: whoever sends more while `blocked` is the one to bound it.
   */
  send(lines: readonly Buffer[]): void;
  /** Bytes that the server has not taken yet. */
  readonly waitingBytes: number;
  /** Whether more waits than the bound and the server has not yet read it all. */
  readonly blocked: boolean;
  /** Stops reading from the server until `resume`; what it goes on to say waits in its pipe. */
  pause(): void;
  resume(): void;
  /**
   * Asks the server for a sign of life; without one within UPSTREAM_CHECK_MS the connection ends
   * (`gone`). For whoever saw a request time out. Does nothing while a check is under way.
   */
  check(): void;
  /**
   * Leaves the connection; nothing more is told. One that serves a session alone ends with everything
   * the server started, within 5 s. Safe to call twice.
   */
  close(): Promise<void>;
}

/** The connection that all sessions share: its server outlives who listens to it, `close` included. */
export interface SharedConnection extends Connection {
  /** Leaves the connection to whoever connects next; nothing more is told. */
  detach(): void;
}

/** What a connection that serves one session tells the server of its client. */
export interface SessionClient {
  readonly era: Era;
  readonly capabilities: JsonObject;
  readonly clientInfo: JsonObject;
}

/** A connection as its supervisor holds it; `close` ends it for good. */
export interface OwnedConnection extends Connection {
  /** Who hears the lines from now on; null for nobody. A pause of the one before is over. */
  listen(events: LineEvents | null): void;
  /** Resolves when the connection is over and everything was told, with how. Never rejects. */
  readonly ended: Promise<string>;
}
