import type { Command } from './command.js';

/** `guard approver`: keys of the people whose answers are signed. */
export const approverCommand: Command = {
  usage: 'approver <action> [name]',
  summary: 'make a key that signs answers (enroll NAME), or list keys and approvers (list)',
  words: ['enroll', 'list'],
  options: [{ flags: '--json', summary: 'list: print the list as JSON' }],
  examples: ['guard approver enroll alice', 'guard approver list'],
  load: () => import('./approver.js'),
};
