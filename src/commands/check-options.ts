import type { Command } from './command.js';

/** `guard check [file]`: what is wrong with the config. */
export const checkCommand: Command = {
  usage: 'check [file]',
  summary: 'validate the config: all layers that are found, or one file',
  options: [
    { flags: '--config <file>', summary: "config file to use in place of the user's and the project's" },
    { flags: '--json', summary: 'print the result as JSON' },
  ],
  examples: ['guard check', 'guard check ./guard.yaml --json'],
  load: () => import('./check.js'),
};
