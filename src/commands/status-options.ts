import type { Command } from './command.js';

/** `guard status`: what runs now. */
export const statusCommand: Command = {
  usage: 'status',
  summary: 'show the running guards, their policies and counters, and the kill switches',
  options: [{ flags: '--json', summary: 'print the status as JSON' }],
  examples: ['guard status'],
  load: () => import('./status.js'),
};
