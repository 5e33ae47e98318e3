import type { Command } from './command.js';

/** `guard kill`: stops every governed call. */
export const killCommand: Command = {
  usage: 'kill',
  summary: 'refuse every governed call in all running guards, and in those started later',
  options: [
    { flags: '--server <name>', summary: 'only calls to this server' },
    { flags: '--reason <text>', summary: 'why; the agents and the audit logs are told' },
    { flags: '--as <name>', summary: 'who (default: your user name)' },
  ],
  examples: ["guard kill --reason 'the agent deletes the wrong files'", 'guard resume'],
  load: () => import('./kill.js'),
};
