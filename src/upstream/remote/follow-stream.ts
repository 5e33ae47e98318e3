import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { ERROR_CODES } from '../../jsonrpc/error-codes.js';
import {
  REMOTE_BACKOFF_MS_LEAST,
  REMOTE_BACKOFF_MS_MAX,
  REMOTE_EVENT_ID_BYTES_MAX,
  REMOTE_RECONNECTS_MAX,
  REMOTE_STREAM_HELD_MS,
} from '../../platform/bounds.js';
import type { Clock } from '../../platform/clock.js';
import { readEvents, type EventStreamOptions } from './event-stream.js';
import type { Wire } from './exchange.js';
import { RemoteFailure } from './failure.js';

/** The wait before the first attempt to reopen a stream; each further one doubles it. */
const BACKOFF_MS = 500;
// oxlint-disable-next-line no-control-regex -- control characters are what no header may hold
const UNSENDABLE = /[\u0000-\u0008\u000a-\u001f\u007f]/;

/** One event stream over all the connections that it takes. */
export interface Following {
  readonly wire: Wire;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** The stream as it is already open. */
  readonly first?: IncomingMessage;
  /** Opens it again behind the event with this id. Null: the server has no such stream. */
  readonly reopen: (lastEventId: string | undefined) => Promise<IncomingMessage | null>;
  /** Whether it is to be opened again, now that it ended behind the event with this id. */
  readonly wanted: (lastEventId: string | undefined) => boolean;
  /** Takes the data of one event; the stream is not read on before it resolves. */
  readonly onData: (data: string) => Promise<void>;
}

/** How one connection of the stream went. */
type Passage =
  | { readonly kind: 'absent' }
  | { readonly kind: 'ended' }
  | { readonly kind: 'failed'; readonly failure: RemoteFailure };

/**
 * Reads an event stream until it is no longer wanted, reopening it where the last event left off.
 * Returns when it is over; throws RemoteFailure when it broke and cannot be had back, which it is
 * taken for after REMOTE_RECONNECTS_MAX attempts in a row that brought nothing.
 */
export async function followStream(following: Following): Promise<void> {
  await new Follower(following).run();
}

class Follower {
  readonly #following: Following;
  #lastEventId: string | undefined;
  #retryMs: number | undefined;
  #attempts = 0;

  constructor(following: Following) {
    this.#following = following;
  }

  async run(): Promise<void> {
    const { first, signal, wanted } = this.#following;
    let passage = await this.#pass(first);
    while (passage.kind !== 'absent' && !signal.aborted) {
      const failure = passage.kind === 'failed' ? passage.failure : undefined;
      const final = failure !== undefined && !mayPass(failure);
      if (final || !wanted(this.#lastEventId) || this.#attempts === REMOTE_RECONNECTS_MAX) {
        if (failure !== undefined) throw failure;
        return;
      }
      await this.#pause();
      passage = await this.#pass(undefined);
    }
  }

  /** Reads one connection to its end. */
  async #pass(open: IncomingMessage | undefined): Promise<Passage> {
    const { reopen, signal } = this.#following;
    if (signal.aborted) return { kind: 'absent' };
    try {
      const response = open ?? (await reopen(this.#lastEventId));
      if (response === null) return { kind: 'absent' };
      await this.#read(response);
      return { kind: 'ended' };
    } catch (error) {
      if (error instanceof RemoteFailure) return { kind: 'failed', failure: error };
      throw error;
    }
  }

  async #read(response: IncomingMessage): Promise<void> {
    const { wire, clock, onData } = this.#following;
    const openedMs = clock.monotonicMs();
    const options: EventStreamOptions = {
      onLife: () => {
        this.#attempts = 0;
      },
      onRetry: (waitMs) => {
        this.#retryMs = waitMs;
      },
    };
    try {
      for await (const { id, event, data } of readEvents(wire, response, options)) {
        if (id !== undefined) this.#lastEventId = sendable(id);
        if (data !== '' && (event === undefined || event === 'message')) await onData(data);
      }
    } finally {
      if (clock.monotonicMs() - openedMs >= REMOTE_STREAM_HELD_MS) this.#attempts = 0;
    }
  }

  async #pause(): Promise<void> {
    const wishedMs = this.#retryMs ?? BACKOFF_MS * 2 ** this.#attempts;
    this.#attempts += 1;
    const waitMs = Math.min(Math.max(wishedMs, REMOTE_BACKOFF_MS_LEAST), REMOTE_BACKOFF_MS_MAX);
    // Rejects only when the stream is aborted, which the caller looks at next.
    await sleep(waitMs, undefined, { signal: this.#following.signal }).catch(() => undefined);
  }
}

/** Whether trying again may help: the network broke, or the server says that it is its own trouble. */
function mayPass({ rpcCode, detail: { status } }: RemoteFailure): boolean {
  if (rpcCode !== ERROR_CODES.remoteFailed) return false;
  return status === undefined || status >= 500 || status === 429;
}

/** An event id as a header can carry it: its UTF-8 bytes. Undefined for one that cannot be sent back. */
function sendable(id: string): string | undefined {
  const bytes = Buffer.from(id, 'utf8');
  if (id === '' || bytes.length > REMOTE_EVENT_ID_BYTES_MAX || UNSENDABLE.test(id)) return undefined;
  return bytes.toString('latin1');
}
