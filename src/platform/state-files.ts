import path from 'node:path';
import type { GuardPaths } from './paths.js';

/** Where guard keeps, in its state folder, what several processes of a user share; all absolute. */
export interface StateFiles {
  /** The folder of the approvals bus. */
  readonly approvals: string;
  /** The folder of the bus on which the dashboard answers. */
  readonly dashboardApprovals: string;
  /** The folder in which guard processes pass each other what people did in Slack. */
  readonly slackActs: string;
  /** The file of remembered answers. */
  readonly remembered: string;
  /** The folder of the limits ledger. */
  readonly ledger: string;
  /** The folder of kill switches. */
  readonly switches: string;
  /** The folder in which running guards tell of themselves. */
  readonly running: string;
  /** The folder of which tools servers listed last. */
  readonly servers: string;
  /** The key that signs the checkpoints of audit logs. */
  readonly auditKey: string;
  /** The folder of the call index of audit logs. */
  readonly callIndex: string;
  /** The folder of what guard remembers of the clients' config files that it changed. */
  readonly clients: string;
  /** The folder of copies of those files as they were. */
  readonly backups: string;
}

/** The places below a state folder. */
export function stateFiles({ stateDir }: Pick<GuardPaths, 'stateDir'>): StateFiles {
  return {
    approvals: path.join(stateDir, 'approvals'),
    dashboardApprovals: path.join(stateDir, 'approvals-dashboard'),
    slackActs: path.join(stateDir, 'slack-acts'),
    remembered: path.join(stateDir, 'remembered.json'),
    ledger: path.join(stateDir, 'ledger'),
    switches: path.join(stateDir, 'switch'),
    running: path.join(stateDir, 'running'),
    servers: path.join(stateDir, 'servers'),
    auditKey: path.join(stateDir, 'keys', 'audit.pem'),
    callIndex: path.join(stateDir, 'call-index'),
    clients: path.join(stateDir, 'clients'),
    backups: path.join(stateDir, 'backups'),
  };
}
