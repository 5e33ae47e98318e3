import type { CommandGroup } from './command.js';

/** `guard audit`: what is done with an audit log beside following it. Its commands are in audit.ts. */
export const auditCommand: CommandGroup = {
  usage: 'audit <command>',
  summary: 'work with the audit log: guard audit --help shows how',
  options: [],
  examples: ['guard audit verify', 'guard audit key'],
  loadCommands: () => import('./audit.js'),
};
