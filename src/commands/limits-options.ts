import type { Command } from './command.js';

/** `guard limits`: the pots that calls draw on. */
export const limitsCommand: Command = {
  usage: 'limits [action] [pot]',
  summary: 'show what calls have drawn on limits and budgets, or empty a pot (reset POT)',
  words: ['reset'],
  options: [
    { flags: '--json', summary: 'print the pots as JSON, one per line' },
    { flags: '--reason <text>', summary: 'reset: why, for the record' },
    { flags: '--as <name>', summary: 'reset: who (default: your user name)' },
    { flags: '--audit <path>', summary: 'reset: audit log to record it in' },
  ],
  examples: ['guard limits', "guard limits reset user/payments --reason 'paid by invoice'"],
  load: () => import('./limits.js'),
};
