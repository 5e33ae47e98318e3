import type { Command } from './command.js';

/** `guard learn`: the least policy that would have let pass what was used. */
export const learnCommand: Command = {
  usage: 'learn',
  summary: 'propose the least policy that would have let pass what was used',
  options: [
    { flags: '--since <when>', summary: 'only calls after: 10m, 2h, 7d, 14:30 or a date' },
    { flags: '--until <when>', summary: 'only calls before' },
    { flags: '--audit <path>', summary: 'audit log to learn from; repeatable, the oldest first' },
    { flags: '--output <file>', summary: 'write the policy to this file instead of printing it' },
    { flags: '--force', summary: 'replace a file that is there' },
  ],
  examples: ['guard learn --since 7d', 'guard learn --since 30d --output guard.learned.yaml'],
  load: () => import('./learn.js'),
};
