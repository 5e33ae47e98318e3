import type { Command } from './command.js';

/** `guard init`: a starter config file. */
export const initCommand: Command = {
  usage: 'init',
  summary: 'write a commented starter guard.yaml that blocks destructive calls',
  options: [
    { flags: '--project', summary: 'write ./guard.yaml, for this folder (the default)' },
    { flags: '--user', summary: 'write your own config file, for all projects' },
    { flags: '--force', summary: 'replace a file that is there' },
    { flags: '--stdout', summary: 'print the file instead of writing it' },
  ],
  examples: ['guard init', 'guard init --user', 'guard init --stdout > policy.yaml'],
  load: () => import('./init.js'),
};
