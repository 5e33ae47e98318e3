import {
  SPAN_ANSWER_MS,
  SPAN_BATCH_MAX,
  SPAN_EXPORT_MS,
  SPAN_FLUSH_MS,
  SPAN_QUEUE_MAX,
} from '../../platform/bounds.js';
import type { Diagnostics } from '../../platform/diagnostics.js';
import { isTaken, post } from '../../platform/http/post.js';
import { isRetryable } from './retryable.js';
import type { OtlpSpan } from './span.js';

export interface ExporterOptions {
  /** Where spans are posted, path included. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly version: string;
  readonly diagnostics: Diagnostics;
  /** Between two requests; SPAN_EXPORT_MS where left out. */
  readonly everyMs?: number;
}

/**
 * Sends spans to a collector as OTLP over HTTP with JSON, in batches and never on the path of a call.
 * At most SPAN_QUEUE_MAX wait; while the collector is away, further ones are dropped and counted.
 */
export class SpanExporter {
  readonly #options: ExporterOptions;
  #queue: OtlpSpan[] = [];
  #dropped = 0;
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> | undefined;
  #closed = false;
  readonly #ending = new AbortController();

  constructor(options: ExporterOptions) {
    this.#options = options;
  }

  /** Spans that were not delivered and will not be. */
  get dropped(): number {
    return this.#dropped;
  }

  add(span: OtlpSpan): void {
    if (this.#closed || this.#queue.length >= SPAN_QUEUE_MAX) {
      this.#dropped += 1;
      return;
    }
    this.#queue.push(span);
    if (this.#queue.length >= SPAN_BATCH_MAX && this.#sending === undefined) this.#sendSoon(0);
    else this.#sendSoon(this.#options.everyMs ?? SPAN_EXPORT_MS);
  }

  /** Sends what is left, for at most SPAN_FLUSH_MS, and says how much was lost. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    const timer = setTimeout(() => this.#ending.abort(), SPAN_FLUSH_MS);
    await this.#sending;
    while (this.#queue.length > 0 && !this.#ending.signal.aborted) {
      const left = this.#queue.length;
      await this.#send();
      if (this.#queue.length >= left) break;
    }
    clearTimeout(timer);
    this.#dropped += this.#queue.length;
    this.#queue = [];
    if (this.#dropped > 0)
      this.#options.diagnostics.note(`tracing: ${this.#dropped} spans were not delivered`);
  }

  #sendSoon(delayMs: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      if (this.#sending !== undefined) return;
      this.#sending = this.#send().finally(() => {
        this.#sending = undefined;
        if (this.#queue.length > 0 && !this.#closed) this.#sendSoon(this.#options.everyMs ?? SPAN_EXPORT_MS);
      });
    }, delayMs).unref();
  }

  /** Sends one batch; what may be sent again goes back to the front of the queue, as far as there is room. */
  async #send(): Promise<void> {
    const batch = this.#queue.splice(0, SPAN_BATCH_MAX);
    if (batch.length === 0) return;
    const trouble = await this.#post(batch);
    if (trouble === undefined) return;
    this.#options.diagnostics.repeated('tracing', `the collector of spans: ${trouble.text}`);
    const room = trouble.passing ? Math.max(0, SPAN_QUEUE_MAX - this.#queue.length) : 0;
    this.#queue.unshift(...batch.slice(0, room));
    this.#dropped += Math.max(0, batch.length - room);
  }

  async #post(
    spans: readonly OtlpSpan[],
  ): Promise<{ readonly text: string; readonly passing: boolean } | undefined> {
    const { url, headers } = this.#options;
    const posted = await post({
      url,
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(this.#request(spans)),
      signal: this.#ending.signal,
      timeoutMs: SPAN_ANSWER_MS,
      answerBytesMax: 0,
    });
    if (posted.kind === 'trouble') return { text: posted.why, passing: true };
    if (isTaken(posted.status)) return undefined;
    return { text: `it answered HTTP ${posted.status}`, passing: isRetryable(posted.status) };
  }

  /** ExportTraceServiceRequest in OTLP's JSON. */
  #request(spans: readonly OtlpSpan[]): object {
    const { version } = this.#options;
    return {
      resourceSpans: [
        {
          resource: {
            attributes: [attribute('service.name', 'guard'), attribute('service.version', version)],
          },
          scopeSpans: [{ scope: { name: 'guard', version }, spans }],
        },
      ],
    };
  }
}

function attribute(key: string, value: string) {
  return { key, value: { stringValue: value } };
}
