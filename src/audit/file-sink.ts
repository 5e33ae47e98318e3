import { AUDIT_STAGED_CHARS_MAX } from '../platform/bounds.js';
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
  let staged = '';
  let failure: { readonly error: unknown } | undefined;

  const write = (): void => {
    const lines = staged;
    staged = '';
    if (lines !== '') writer.write(lines);
  };
  return {
    endedTorn: writer.endedTorn,
    stage(line) {
      // After a failure the rest of the batch is dropped too: its commit fails as a whole.
      if (failure !== undefined) return;
      staged += line;
      if (staged.length < AUDIT_STAGED_CHARS_MAX) return;
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
      staged = '';
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
