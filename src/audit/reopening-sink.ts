import type { AuditSink } from './sink.js';

/**
 * A sink that opens its file at the first commit and tries again at each one until that works. A
 * log that cannot be opened thus denies calls, and records again once it can, without a restart.
 * `onOpened` runs after each opening, within a commit: what it has to record belongs to the next one.
 */
export function createReopeningSink<Sink extends AuditSink>(
  open: () => Sink,
  onOpened: (sink: Sink) => void,
): AuditSink {
  let inner: Sink | undefined;
  let lines: string[] = [];
  let failing = false;
  return {
    stage(line) {
      if (inner === undefined) lines.push(line);
      else inner.stage(line);
    },
    commit() {
      if (inner !== undefined) {
        inner.commit();
        return;
      }
      if (lines.length === 0) return;
      const staged = lines;
      lines = [];
      failing = true;
      inner = open();
      failing = false;
      onOpened(inner);
      for (const line of staged) inner.stage(line);
      inner.commit();
    },
    get kept() {
      return inner?.kept ?? NOTHING;
    },
    close() {
      inner?.close();
    },
    get failing() {
      return inner?.failing ?? failing;
    },
  };
}

const NOTHING: readonly number[] = [0];
