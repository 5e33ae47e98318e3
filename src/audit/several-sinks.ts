import { AUDIT_STAGED_BYTES_MAX } from '../platform/bounds.js';
import type { AuditSink } from './sink.js';
import type { StreamSink } from './stream-sink.js';

/**
 * Files and streams as one sink: a record counts as written when all of them have taken it. Streams
 * are asked first whether they can, since a file cannot take a record back: so what is denied because
 * of a stream does not stand in a file as allowed. Files come first in writing, for the same reason.
 */
export function createSeveralSinks(files: readonly AuditSink[], streams: readonly StreamSink[]): AuditSink {
  const sinks = [...files, ...streams];
  let staged: string[] = [];
  let stagedBytes = 0;
  let failure: { readonly error: unknown } | undefined;

  const write = (): void => {
    const lines = staged;
    staged = [];
    stagedBytes = 0;
    if (lines.length === 0) return;
    for (const stream of streams) stream.check();
    for (const sink of sinks) {
      for (const line of lines) sink.stage(line);
      sink.commit();
    }
  };
  return {
    stage(line) {
      // After a failure the rest of the batch is dropped too: its commit fails as a whole.
      if (failure !== undefined) return;
      staged.push(line);
      stagedBytes += line.length;
      if (stagedBytes < AUDIT_STAGED_BYTES_MAX) return;
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
      staged = [];
      stagedBytes = 0;
      failure = undefined;
      for (const sink of sinks) sink.close();
    },
    get failing() {
      return sinks.some((sink) => sink.failing);
    },
  };
}
