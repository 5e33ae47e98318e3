import { auditKeyCommand } from './audit/key-options.js';
import { auditPruneCommand } from './audit/prune-options.js';
import { auditRedactCommand } from './audit/redact-options.js';
import { auditVerifyCommand } from './audit/verify-options.js';
import type { Command } from './command.js';

/** The commands of `guard audit`, in the order in which help shows them. */
export const commands: readonly Command[] = [
  auditVerifyCommand,
  auditKeyCommand,
  auditRedactCommand,
  auditPruneCommand,
];
