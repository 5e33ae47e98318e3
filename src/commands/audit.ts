import { auditExportCommand } from './audit/export-options.js';
import { auditKeyCommand } from './audit/key-options.js';
import { auditPruneCommand } from './audit/prune-options.js';
import { auditRedactCommand } from './audit/redact-options.js';
import { auditSearchCommand } from './audit/search-options.js';
import { auditStatsCommand } from './audit/stats-options.js';
import { auditVerifyCommand } from './audit/verify-options.js';
import type { Command } from './command.js';

/** The commands of `guard audit`, in the order in which help shows them. */
export const commands: readonly Command[] = [
  auditSearchCommand,
  auditStatsCommand,
  auditExportCommand,
  auditVerifyCommand,
  auditKeyCommand,
  auditRedactCommand,
  auditPruneCommand,
];
