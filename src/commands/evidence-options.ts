import type { Command } from './command.js';

/** `guard evidence`: what rules may require to be in. */
export const evidenceCommand: Command = {
  usage: 'evidence [action] [name]',
  summary: 'show evidence that rules can require, put it in (put NAME) or take it out (drop NAME)',
  words: ['list', 'put', 'drop'],
  options: [
    { flags: '--ttl <duration>', summary: 'put: how long it counts, such as 30m' },
    { flags: '--session <id>', summary: 'of this session (default: GUARD_SESSION; list: all)' },
    { flags: '--audit <path>', summary: 'put, drop: audit log to record it in' },
    { flags: '--json', summary: 'list: print it as JSON, one piece per line' },
  ],
  examples: ['guard evidence list', 'guard evidence put tests-passed --ttl 30m --session build-7'],
  load: () => import('./evidence.js'),
};
