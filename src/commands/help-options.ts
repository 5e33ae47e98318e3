import type { Command } from './command.js';

/** `guard help`: what the program and its commands do. */
export const helpCommand: Command = {
  usage: 'help [...command]',
  summary: 'show what guard, or one of its commands, does',
  options: [],
  examples: ['guard help', 'guard help init', 'guard init --help'],
  load: () => import('./help.js'),
};
