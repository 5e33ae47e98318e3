import type { ApprovalBoard, Approver } from '../approvals/board.js';
import type { AnswerDraft } from '../approvals/board.js';
import type { ApprovalRequest } from '../approvals/request.js';
import type { AuditRecord } from '../audit/record.js';
import type { CompiledBudgets } from '../limits/budget.js';
import type { Ledger } from '../limits/ledger.js';
import type { ListedTool } from '../mcp/listed-tools.js';
import type { JsonObject } from '../platform/json.js';
import type { CompiledPolicy } from '../policy/compiled.js';
import type { Server } from './contract/servers.js';

/** A server as it is now; `tools` is null where guard has not seen its list. */
export interface SeenServer extends Omit<Server, 'tools' | 'pending'> {
  readonly tools: readonly ListedTool[] | null;
}

/**
 * Everything that the dashboard shows and changes, of one gateway or of all guards of this user.
 * Commands implement it; nothing here knows where the data comes from.
 */
export interface DashboardSource {
  readonly scope: 'serve' | 'machine';
  /** Fingerprint of the approvers of whom one must sign; null where any answer counts. */
  readonly approvers: string | null;
  /** What cannot be seen here and why. */
  notes(): readonly string[];
  /** The requests that the dashboard's own channel may answer. */
  openBoard(approver: Approver): ApprovalBoard;
  /** Those of the terminal, to be shown where only it may answer. */
  readonly terminalBoard: ApprovalBoard;
  /** Keeps an answer for later calls; resolves with what was wrong. */
  save(request: ApprovalRequest, draft: AnswerDraft, approver: Approver): Promise<string | undefined>;
  /** Absolute path of the log; null where records go to no file. */
  readonly auditFile: string | null;
  /** Absolute path of the folder of the log's call index. */
  readonly callIndex: string;
  /**
   * Calls the listener with what is recorded from now on, in batches, until the signal is aborted.
   * `skipped` counts records that were too many to be read.
   */
  follow(listener: (records: readonly AuditRecord[], skipped: number) => void, signal: AbortSignal): void;
  readonly ledger: Ledger;
  policy(): CompiledPolicy;
  budgets(): CompiledBudgets;
  servers(): readonly SeenServer[];
  /** Writes an event to the log before this returns. Throws GuardError `audit-unwritable`. */
  record(event: string, detail: JsonObject): void;
}
