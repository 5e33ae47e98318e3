import type { Command } from './command.js';

/** `guard resume`: lifts a kill switch. */
export const resumeCommand: Command = {
  usage: 'resume',
  summary: 'lift the kill switch',
  options: [
    { flags: '--server <name>', summary: 'lift the switch of this server; else the one for all' },
    { flags: '--reason <text>', summary: 'why, for the audit logs' },
    { flags: '--as <name>', summary: 'who (default: your user name)' },
  ],
  examples: ['guard resume', 'guard resume --server filesystem'],
  load: () => import('./resume.js'),
};
