import { GuardError } from '../../src/platform/errors.js';
import type { AuditSink } from '../../src/audit/sink.js';

/** A sink that keeps its lines, for tests of whatever writes records. */
export interface MemorySink extends AuditSink {
  readonly lines: readonly string[];
  /** While true every commit fails. */
  broken: boolean;
}

/** An empty memory sink. */
export function createMemorySink(): MemorySink {
  const lines: string[] = [];
  let staged: string[] = [];
  let failing = false;
  return {
    lines,
    broken: false,
    stage(line) {
      staged.push(line);
    },
    commit() {
      if (staged.length === 0) return;
      const batch = staged;
      staged = [];
      failing = this.broken;
      if (failing) throw new GuardError('audit-unwritable', 'the audit sink is broken for a test');
      lines.push(...batch);
    },
    kept: [0],
    close() {
      staged = [];
    },
    get failing() {
      return failing;
    },
  };
}
