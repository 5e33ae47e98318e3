import { approveCommand } from './approve-options.js';
import { approverCommand } from './approver-options.js';
import { auditCommand } from './audit-options.js';
import { checkCommand } from './check-options.js';
import type { Command, CommandGroup } from './command.js';
import { denyCommand } from './deny-options.js';
import { doctorCommand } from './doctor-options.js';
import { evidenceCommand } from './evidence-options.js';
import { explainCommand } from './explain-options.js';
import { initCommand } from './init-options.js';
import { killCommand } from './kill-options.js';
import { limitsCommand } from './limits-options.js';
import { rememberedCommand } from './remembered-options.js';
import { resumeCommand } from './resume-options.js';
import { serveCommand } from './serve-options.js';
import { statusCommand } from './status-options.js';
import { tailCommand } from './tail-options.js';
import { tokenCommand } from './token-options.js';
import { wrapCommand } from './wrap-options.js';

/** Every command of the program, in the order in which help shows them. */
export const COMMANDS: readonly (Command | CommandGroup)[] = [
  wrapCommand,
  serveCommand,
  tailCommand,
  auditCommand,
  approveCommand,
  denyCommand,
  rememberedCommand,
  approverCommand,
  checkCommand,
  explainCommand,
  limitsCommand,
  evidenceCommand,
  doctorCommand,
  statusCommand,
  killCommand,
  resumeCommand,
  tokenCommand,
  initCommand,
];
