import type { Command } from './command.js';

/** `guard simulate`: what another policy would have made of past calls. */
export const simulateCommand: Command = {
  usage: 'simulate',
  summary: 'replay past calls under another policy and show which decisions change',
  options: [
    { flags: '--policy <file>', summary: 'policy file to try (default: the config in force)' },
    { flags: '--since <when>', summary: 'only calls after: 10m, 2h, 7d, 14:30 or a date' },
    { flags: '--until <when>', summary: 'only calls before' },
    { flags: '--audit <path>', summary: 'audit log to replay; repeatable, the oldest first' },
    { flags: '--json', summary: 'print the result as JSON' },
    { flags: '--fail-on-change', summary: 'exit code 2 where a decision changes or cannot be told' },
  ],
  examples: [
    'guard simulate --policy new.yaml --since 7d',
    'guard simulate --policy new.yaml --audit audit.jsonl --fail-on-change --json',
  ],
  load: () => import('./simulate.js'),
};
