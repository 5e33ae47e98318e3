import type { IncomingMessage } from 'node:http';
import type { Clock } from '../../platform/clock.js';
import { discard, exchange, mediaType, type Wire } from './exchange.js';
import type { RemoteFailure } from './failure.js';
import type { Incoming } from './incoming.js';
import type { OpenPost } from './open-posts.js';
import type { RemoteSession } from './session.js';

/** What a transport works with. */
export interface TransportParts {
  readonly wire: Wire;
  readonly clock: Clock;
  readonly session: RemoteSession;
  readonly incoming: Incoming;
  /** A message that somebody wanted did not get through, or its answer not back; or the server's own stream was lost. */
  readonly onFailure: (failure: RemoteFailure) => void;
}

/** What is still to be done for a message after the response to its POST has begun; throws RemoteFailure. */
export type Reading = () => Promise<void>;

/** One of the ways in which MCP goes over HTTP. */
export interface Transport {
  /**
   * Sends one message. Resolves once the server has taken it, with the reading of its answer.
   * Throws RemoteFailure when the message did not get through or was refused.
   */
  post(post: OpenPost): Promise<Reading>;
  /** Tells the server that the session is over and drops its own streams; bounded in time. */
  close(): Promise<void>;
  /** Drops its own streams without a word. */
  abort(): void;
}

/** The reading of a message that has no answer. */
export const NOTHING_TO_READ: Reading = () => Promise.resolve();

/**
 * Asks for an event stream of the legacy session with GET; the HTTP status where there is none. Waits for
 * the headers until the signal: a server may send them only when it has something to say.
 */
export async function requestStream(
  { wire, session }: TransportParts,
  lastEventId: string | undefined,
  signal: AbortSignal,
  onSent?: () => void,
): Promise<IncomingMessage | number> {
  const resume = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
  const response = await exchange(wire, {
    url: wire.url,
    method: 'GET',
    headers: { accept: 'text/event-stream', ...session.legacyHeaders(), ...resume },
    signal,
    headersMs: Infinity,
    ...(onSent === undefined ? {} : { onSent }),
  });
  if (response.statusCode === 200 && mediaType(response) === 'text/event-stream') return response;
  discard(response);
  return response.statusCode ?? 0;
}
