/** Where records go. Many are staged, one commit writes them, and only then is anything forwarded. */
export interface AuditSink {
  /** Adds one record, a line with its final line feed, to the next commit. Never fails. `WriterChain` bounds what is staged. */
  stage(line: string): void;
  /**
   * Writes what is staged, in order; nothing to do where nothing is. On failure throws GuardError
   * `audit-unwritable` and drops what was staged, so that the caller denies those calls. The next
   * commit tries afresh.
   */
  commit(): void;
  /**
   * After a failed commit, for each place that the sink writes to: how many of the commit's lines,
   * from the first, stand there all the same. Always as many places, in the same order.
   */
  readonly kept: readonly number[];
  /** Releases what the sink holds; what is staged and not committed is dropped. Safe to call twice. */
  close(): void;
  /** True from a failed write or sync until one succeeds. */
  readonly failing: boolean;
}
