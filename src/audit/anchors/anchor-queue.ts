import {
  ANCHOR_ANSWER_MS,
  ANCHOR_FLUSH_MS,
  ANCHOR_QUEUE_MAX,
  ANCHOR_RETRY_MS,
} from '../../platform/bounds.js';
import type { Diagnostics } from '../../platform/diagnostics.js';
import { messageOf } from '../../platform/errors.js';

/** A place over the network that keeps heads. */
export interface RemoteAnchor {
  /** For people, without secrets: `syslog udp://logs:514`. */
  readonly name: string;
  /**
   * Hands over one head, a line without its line feed. Rejects with AnchorRefusedError where the same
   * head will never be taken, with any other error where it may be tried again.
   */
  deliver(line: string, signal: AbortSignal): Promise<void>;
}

/** The anchor does not want this head. */
export class AnchorRefusedError extends Error {
  override readonly name = 'AnchorRefusedError';
}

/** How long the queue waits, in milliseconds; the bounds where left out. */
interface QueueTimes {
  readonly retryMs?: number;
  readonly answerMs?: number;
  readonly flushMs?: number;
}

/**
 * Hands heads to one anchor, one after the other and never on the path of a call. At most
 * ANCHOR_QUEUE_MAX wait while it is away; then the oldest go, since later heads vouch for the same
 * records. An outage is noted once, when it begins.
 */
export class AnchorQueue {
  readonly #anchor: RemoteAnchor;
  readonly #diagnostics: Pick<Diagnostics, 'note'>;
  readonly #times: Required<QueueTimes>;
  readonly #waiting: string[] = [];
  readonly #ending = new AbortController();
  #lost = 0;
  #isAway = false;
  #isClosed = false;
  #sending: Promise<void> | undefined;
  #retry: NodeJS.Timeout | undefined;

  constructor(anchor: RemoteAnchor, diagnostics: Pick<Diagnostics, 'note'>, times: QueueTimes = {}) {
    this.#anchor = anchor;
    this.#diagnostics = diagnostics;
    this.#times = {
      retryMs: ANCHOR_RETRY_MS,
      answerMs: ANCHOR_ANSWER_MS,
      flushMs: ANCHOR_FLUSH_MS,
      ...times,
    };
  }

  add(line: string): void {
    if (this.#isClosed) return;
    this.#waiting.push(line);
    this.#dropOldest();
    if (this.#retry === undefined) this.#sendSoon();
  }

  /** Hands over what is left, for at most ANCHOR_FLUSH_MS, and says how much was lost. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#retry);
    const timer = setTimeout(() => this.#ending.abort(new Error('guard ends')), this.#times.flushMs);
    await this.#sending;
    while (this.#waiting.length > 0 && !this.#ending.signal.aborted) {
      if (!(await this.#sendOne())) break;
    }
    clearTimeout(timer);
    const lost = this.#lost + this.#waiting.length;
    if (lost > 0)
      this.#diagnostics.note(`audit anchor ${this.#anchor.name}: ${lost} heads were not delivered`);
  }

  #sendSoon(): void {
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined;
    });
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.length > 0 && !this.#isClosed) {
      if (await this.#sendOne()) continue;
      if (this.#isClosed) return;
      this.#retry = setTimeout(() => {
        this.#retry = undefined;
        this.#sendSoon();
      }, this.#times.retryMs).unref();
      return;
    }
  }

  /** Hands over the oldest head; false where the anchor is away, and then the head waits again. */
  async #sendOne(): Promise<boolean> {
    const line = this.#waiting.shift();
    if (line === undefined) return true;
    try {
      await within(this.#times.answerMs, this.#ending.signal, (signal) => this.#anchor.deliver(line, signal));
      this.#isAway = false;
      return true;
    } catch (error) {
      this.#noteOnce(error);
      if (error instanceof AnchorRefusedError) {
        this.#lost += 1;
        return true;
      }
      this.#waiting.unshift(line);
      this.#dropOldest();
      return false;
    }
  }

  #dropOldest(): void {
    if (this.#waiting.length <= ANCHOR_QUEUE_MAX) return;
    this.#waiting.shift();
    this.#lost += 1;
  }

  #noteOnce(error: unknown): void {
    if (this.#isAway) return;
    this.#isAway = true;
    const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
    this.#diagnostics.note(`audit anchor ${this.#anchor.name}: ${messageOf(error)}${cause}`);
  }
}

/** Runs it until the time is over or the signal comes; both reject, whatever it does with its own signal. */
async function within(
  timeoutMs: number,
  ending: AbortSignal,
  run: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(new Error(`no answer in ${timeoutMs} ms`)), timeoutMs).unref();
  const onEnding = (): void => stop.abort(ending.reason);
  if (ending.aborted) onEnding();
  ending.addEventListener('abort', onEnding);
  const stopped = new Promise<never>((_resolve, reject) => {
    stop.signal.addEventListener('abort', () => reject(stop.signal.reason as Error));
  });
  try {
    await Promise.race([run(stop.signal), stopped]);
  } finally {
    clearTimeout(timer);
    ending.removeEventListener('abort', onEnding);
  }
}
