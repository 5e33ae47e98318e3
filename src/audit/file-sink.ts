import { AUDIT_STAGED_BYTES, AUDIT_STAGED_BYTES_MAX } from '../platform/bounds.js';
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
  let failure: { readonly error: unknown } | undefined;

  const write = (): void => {
    const lines = staged.take();
    if (lines.length > 0) writer.write(lines);
  };
  return {
    endedTorn: writer.endedTorn,
    stage(line) {
      // After a failure the rest of the batch is dropped too: its commit fails as a whole.
      if (failure !== undefined) return;
      staged.add(line);
      if (staged.length < AUDIT_STAGED_BYTES_MAX) return;
      try {
        write();
      } catch (error) {
        failure = { error };
      }
    },
    commit() {
      const earlier = failure;
      failure = undefined;
      if (earlier !== undefined) throw earlier.error;
      write();
    },
    close() {
      staged.take();
      failure = undefined;
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
