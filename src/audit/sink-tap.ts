import type { AuditSink } from './sink.js';

/**
 * Lets somebody see the lines that trails write, at next to no cost for those who write them: between two
 * takes a bounded number of lines is kept, as they are, and the others are counted. Nothing is kept while
 * nobody looks. A line is seen when it is staged: one whose write fails was seen all the same.
 */
export class SinkTap {
  #linesMost = 0;
  #lines: string[] = [];
  #skipped = 0;

  /** The sink, with its lines to be seen. */
  of(sink: AuditSink): AuditSink {
    return {
      stage: (line) => {
        if (this.#linesMost > 0) this.#see(line);
        sink.stage(line);
      },
      commit: () => sink.commit(),
      close: () => sink.close(),
      get kept() {
        return sink.kept;
      },
      get failing() {
        return sink.failing;
      },
    };
  }

  /** Begins to keep at most so many lines between two takes; 0 ends it. */
  keep(linesMost: number): void {
    this.#linesMost = linesMost;
    this.take();
  }

  /** The lines since the last take, each with its line feed, and how many more there were. */
  take(): { readonly lines: readonly string[]; readonly skipped: number } {
    const taken = { lines: this.#lines, skipped: this.#skipped };
    this.#lines = [];
    this.#skipped = 0;
    return taken;
  }

  #see(line: string): void {
    if (this.#lines.length < this.#linesMost) this.#lines.push(line);
    else this.#skipped += 1;
  }
}
