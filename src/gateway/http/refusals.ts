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
  #untold = 0;

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
  tell({ requestId, refusal, remote }: ToldRefusal): void {
    const { metrics, log, onRefused, monotonicMs } = this.#options;
    const { status, reason, message } = refusal;
    metrics.refused(reason);
    if (!this.#rate.allows(monotonicMs())) {
      this.#untold += 1;
      return;
    }
    const untold = this.#untold === 0 ? undefined : this.#untold;
    this.#untold = 0;
    log.write('warn', 'refused', { request_id: requestId, status, reason, detail: message, remote, untold });
    onRefused?.({ requestId, status, reason, detail: message, remote });
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
