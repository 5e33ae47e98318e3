import { RefusalRate } from '../../conversation/refusal-rate.js';
import type { Refusal } from '../../platform/http/door-check.js';
import type { HttpServerOptions } from './options.js';
import type { HttpReply } from './reply.js';

/** A refusal with what records and logs hold of it. */
interface ToldRefusal {
  readonly requestId: string;
  readonly refusal: Refusal;
  readonly remote: string;
}

/**
 * Turns requests away. Each one is answered and counted; logs and records are told of them at a
 * bounded rate, so that nobody fills a disk by being refused.
 */
export class Refusals {
  readonly #options: Pick<HttpServerOptions, 'metrics' | 'log' | 'onRefused' | 'monotonicMs'>;
  readonly #rate = new RefusalRate();
  /** The newest that was not told, and how many were not before it. */
  #untold: (ToldRefusal & { readonly before: number }) | undefined;

  constructor(options: Pick<HttpServerOptions, 'metrics' | 'log' | 'onRefused' | 'monotonicMs'>) {
    this.#options = options;
  }

  /** Answers with an error and tells of it. */
  refuse(reply: HttpReply, refusal: Refusal, headers?: Readonly<Record<string, string>>): void {
    if (reply.over) return;
    const remote = reply.request.socket.remoteAddress ?? '';
    this.tell({ requestId: reply.requestId, refusal, remote });
    reply.refuse(refusal, headers);
  }

  /** Counts a refusal, and tells of it where the rate allows. */
  tell(told: ToldRefusal): void {
    const { metrics, monotonicMs } = this.#options;
    metrics.refused(told.refusal.reason);
    const before = this.#untold === undefined ? 0 : this.#untold.before + 1;
    if (this.#rate.allows(monotonicMs())) this.#say(told, before);
    else this.#untold = { ...told, before };
  }

  /** Nothing comes any more: tells of what was only counted. */
  settle(): void {
    if (this.#untold !== undefined) this.#say(this.#untold, this.#untold.before);
  }

  #say({ requestId, refusal, remote }: ToldRefusal, untold: number): void {
    const { log, onRefused } = this.#options;
    const { status, reason, message } = refusal;
    this.#untold = undefined;
    log.write('warn', 'refused', {
      request_id: requestId,
      status,
      reason,
      detail: message,
      remote,
      untold: untold === 0 ? undefined : untold,
    });
    onRefused?.({ requestId, status, reason, detail: message, remote, untold });
  }

  /** A connection was closed as it came, since there are too many. */
  dropped(): void {
    this.tell({ requestId: '-', refusal: CONNECTIONS_FULL, remote: '' });
  }
}

const CONNECTIONS_FULL: Refusal = {
  status: 0,
  reason: 'connections_full',
  message: 'too many connections are open',
};
