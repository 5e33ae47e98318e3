import { AUDIT_STAGED_BYTES } from '../platform/bounds.js';
import { type LogWriter, type LogWriterOptions, openLogWriter } from './log-writer.js';
import type { AuditSink } from './sink.js';

/** The log file as a sink. */
export interface FileSink extends AuditSink, Pick<LogWriter, 'endedTorn' | 'syncErrors'> {}

/**
 * Opens the log and returns its sink. One commit is one `write` on an O_APPEND descriptor, so that
 * any number of processes can share a file. What a failed or short write leaves behind is closed
 * with a line feed before the next record. At most once per AUDIT_ROTATION_CHECK_MS, before a
 * write, the sink looks whether its path still names its file and opens the new one where not.
 * Throws GuardError `audit-unwritable` where the file cannot be opened or trusted.
 */
export function openFileSink(options: LogWriterOptions): FileSink {
  const writer = openLogWriter(options);
  const staged = new StagedLines();
  let kept: readonly number[] = [0];

  return {
    endedTorn: writer.endedTorn,
    stage: (line) => staged.add(line),
    commit() {
      const lines = staged.take();
      if (lines.length === 0) return;
      try {
        writer.write(lines);
      } catch (error) {
        kept = [wholeLines(lines, writer.written)];
        throw error;
      }
    },
    get kept() {
      return kept;
    },
    close() {
      staged.take();
      writer.close();
    },
    get failing() {
      return writer.failing;
    },
    get syncErrors() {
      return writer.syncErrors;
    },
  };
}

/**
 * How many lines are whole in their first `written` bytes. One that lacks only its line feed is: the
 * next writer puts that there.
 */
function wholeLines(lines: Uint8Array, written: number): number {
  let count = 0;
  for (let at = lines.indexOf(LINE_FEED); at !== -1 && at <= written; at = lines.indexOf(LINE_FEED, at + 1)) {
    if (written > 0) count += 1;
  }
  return count;
}

const LINE_FEED = 0x0a;

/** Lines as the bytes that will be written, in one buffer that is used again and again. */
class StagedLines {
  #buffer = Buffer.allocUnsafe(AUDIT_STAGED_BYTES);
  length = 0;

  add(line: string): void {
    // A UTF-16 unit takes at most three bytes as UTF-8.
    const needed = this.length + line.length * 3;
    if (needed > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2));
      this.#buffer.copy(larger, 0, 0, this.length);
      this.#buffer = larger;
    }
    this.length += this.#buffer.write(line, this.length);
  }

  /** The lines so far; they are valid until the next `add`. A buffer that grew is let go. */
  take(): Buffer {
    const lines = this.#buffer.subarray(0, this.length);
    this.length = 0;
    if (this.#buffer.length > AUDIT_STAGED_BYTES) this.#buffer = Buffer.allocUnsafe(AUDIT_STAGED_BYTES);
    return lines;
  }
}
