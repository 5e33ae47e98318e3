import type { Command } from '../command.js';
import { FILTER_FLAGS } from './filter-flags.js';

/** `guard audit stats`: what the log holds, counted. */
export const auditStatsCommand: Command = {
  usage: 'stats',
  summary: 'count calls, decisions, results and times, by server, agent, tool and hour',
  options: [
    ...FILTER_FLAGS,
    { flags: '--by <what>', summary: 'only one table, whole: server, agent, tool, rule, hour or day' },
    { flags: '--json', summary: 'print the numbers as one JSON object' },
    { flags: '--no-color', summary: 'no colors' },
  ],
  examples: [
    'guard audit stats --since 7d',
    'guard audit stats --by tool --server github',
    'guard audit stats --json | jq .latency.p99',
  ],
  load: () => import('./stats.js'),
};
