import type { AuditSink } from './sink.js';

/**
 * One sink for several trails. Each commits for all of them, since what is staged is written together:
 * where that fails, the commit of every trail that had staged something fails, whoever comes first.
 */
export class SharedSink {
  readonly #sink: AuditSink;
  #failures = 0;
  #error: unknown;

  constructor(sink: AuditSink) {
    this.#sink = sink;
  }

  /** A trail's view of the sink; its end is not the sink's. */
  view(): AuditSink {
    const sink = this.#sink;
    /** How many commits had failed when the first line was staged that waits; undefined where none waits. */
    let stagedAfter: number | undefined;
    return {
      stage: (line) => {
        stagedAfter ??= this.#failures;
        // Where a part of the batch is lost the rest goes with it: its commit fails as a whole.
        if (stagedAfter === this.#failures) sink.stage(line);
      },
      commit: () => {
        const after = stagedAfter;
        stagedAfter = undefined;
        this.#commit();
        if (after !== undefined && after !== this.#failures) throw this.#error;
      },
      close: () => undefined,
      get failing() {
        return sink.failing;
      },
    };
  }

  #commit(): void {
    try {
      this.#sink.commit();
    } catch (error) {
      this.#failures += 1;
      this.#error = error;
      throw error;
    }
  }
}
