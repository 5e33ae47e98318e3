import { approveCommand } from './approve-options.js';
import { approverCommand } from './approver-options.js';
import { auditCommand } from './audit-options.js';
import { checkCommand } from './check-options.js';
import type { Command, CommandGroup, OptionSpec } from './command.js';
import { completionCommand } from './completion-options.js';
import { dashboardCommand } from './dashboard-options.js';
import { denyCommand } from './deny-options.js';
import { doctorCommand } from './doctor-options.js';
import { evidenceCommand } from './evidence-options.js';
import { explainCommand } from './explain-options.js';
import { helpCommand } from './help-options.js';
import { initCommand } from './init-options.js';
import { installCommand } from './install-options.js';
import { killCommand } from './kill-options.js';
import { learnCommand } from './learn-options.js';
import { limitsCommand } from './limits-options.js';
import { rememberedCommand } from './remembered-options.js';
import { resumeCommand } from './resume-options.js';
import { serveCommand } from './serve-options.js';
import { simulateCommand } from './simulate-options.js';
import { statusCommand } from './status-options.js';
import { tailCommand } from './tail-options.js';
import { testCommand } from './test-options.js';
import { tokenCommand } from './token-options.js';
import { uninstallCommand } from './uninstall-options.js';
import { wrapCommand } from './wrap-options.js';

/** Commands that help shows together. */
export interface Section {
  readonly title: string;
  readonly commands: readonly (Command | CommandGroup)[];
}

/** Every command of the program, in the order in which help shows them. */
export const SECTIONS: readonly Section[] = [
  { title: 'Govern servers', commands: [wrapCommand, installCommand, uninstallCommand, serveCommand] },
  {
    title: 'Write a policy',
    commands: [initCommand, checkCommand, explainCommand, learnCommand, simulateCommand, testCommand],
  },
  {
    title: 'Watch',
    commands: [tailCommand, dashboardCommand, statusCommand, limitsCommand, evidenceCommand, auditCommand],
  },
  {
    title: 'Answer calls that wait for you',
    commands: [approveCommand, denyCommand, rememberedCommand, approverCommand],
  },
  { title: 'Stop everything', commands: [killCommand, resumeCommand] },
  { title: 'Set up', commands: [doctorCommand, tokenCommand, completionCommand, helpCommand] },
];

export const COMMANDS: readonly (Command | CommandGroup)[] = SECTIONS.flatMap(({ commands }) => commands);

/** What every command takes. */
export const HELP_OPTION: OptionSpec = { flags: '-h, --help', summary: 'show what a command does and takes' };
/** What the program takes where no command is named. */
export const VERSION_OPTION: OptionSpec = { flags: '-v, --version', summary: 'show the version' };
