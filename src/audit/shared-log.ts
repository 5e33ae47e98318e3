import type { RecordParts } from './encode.js';
import type { RecordLog } from './writer-chain.js';

/**
 * One log for several trails of one writer. Each commits for all of them, since what is staged is
 * written together: where that fails, the commit of every trail that had staged something fails,
 * whoever comes first.
 */
export class SharedLog {
  readonly #log: RecordLog;
  #failures = 0;
  #error: unknown;

  constructor(log: RecordLog) {
    this.#log = log;
  }

  /** A trail's view of the log; its end is not the log's. */
  view(): RecordLog {
    const log = this.#log;
    /** How many commits had failed when the first record was staged that waits; undefined where none waits. */
    let stagedAfter: number | undefined;
    return {
      stage: (parts: RecordParts) => {
        stagedAfter ??= this.#failures;
        // Where a part of the batch is lost the rest goes with it: its commit fails as a whole.
        if (stagedAfter === this.#failures) log.stage(parts);
      },
      commit: () => {
        const after = stagedAfter;
        stagedAfter = undefined;
        this.#commit();
        if (after !== undefined && after !== this.#failures) throw this.#error;
      },
      close: () => undefined,
    };
  }

  #commit(): void {
    try {
      this.#log.commit();
    } catch (error) {
      this.#failures += 1;
      this.#error = error;
      throw error;
    }
  }
}
