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
  const kept = sinks.map(() => 0);

  return {
    stage: (line) => void staged.push(line),
    commit() {
      const lines = staged;
      staged = [];
      if (lines.length === 0) return;
      kept.fill(0);
      for (const stream of streams) stream.check();
      for (const [place, sink] of sinks.entries()) {
        for (const line of lines) sink.stage(line);
        try {
          sink.commit();
          kept[place] = lines.length;
        } catch (error) {
          kept[place] = sink.kept[0] ?? 0;
          throw error;
        }
      }
    },
    kept,
    close() {
      staged = [];
      for (const sink of sinks) sink.close();
    },
    get failing() {
      return sinks.some((sink) => sink.failing);
    },
  };
}
