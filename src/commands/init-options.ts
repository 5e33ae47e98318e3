import type { Command } from './command.js';
import { PRESETS, STARTER_SERVERS } from './starter-names.js';

/** `guard init`: a starter config file. */
export const initCommand: Command = {
  usage: 'init',
  summary: 'write a commented starter policy, guard.yaml',
  options: [
    {
      flags: '--preset <preset>',
      summary: 'how strict; with --for alone, balanced',
      choices: PRESETS,
    },
    {
      flags: '--for <servers>',
      summary: 'put in the rules of published servers (repeatable, or a,b)',
      choices: STARTER_SERVERS,
    },
    { flags: '--project', summary: 'write ./guard.yaml, for this folder (the default)' },
    { flags: '--user', summary: 'write your own config file, for all projects' },
    { flags: '--force', summary: 'replace a file that is there' },
    { flags: '--stdout', summary: 'print the file instead of writing it' },
  ],
  examples: [
    'guard init',
    'guard init --preset balanced --for filesystem,github',
    'guard init --user',
    'guard init --stdout > policy.yaml',
  ],
  load: () => import('./init.js'),
};
