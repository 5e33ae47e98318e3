import type { Command } from './command.js';

/** `guard status`: what runs now, and what clients start. */
export const statusCommand: Command = {
  usage: 'status',
  summary: 'show the running guards, the kill switches, and every server of every client',
  options: [
    { flags: '--running', summary: 'only the running guards and the kill switches' },
    { flags: '--clients', summary: 'only the servers of clients' },
    { flags: '--json', summary: 'print the status as JSON' },
  ],
  examples: ['guard status', 'guard status --clients --json'],
  load: () => import('./status.js'),
};
