import type { Command } from '../command.js';
import { FILTER_FLAGS } from './filter-flags.js';

/** `guard audit search`: calls of the whole log, rotated files included. */
export const auditSearchCommand: Command = {
  usage: 'search',
  summary: 'find calls in the log; all filters must hold',
  options: [
    ...FILTER_FLAGS,
    { flags: '-n, --limit <count>', summary: 'end after so many' },
    { flags: '--reverse', summary: 'the newest first' },
    { flags: '--json', summary: 'print the records themselves, one per line' },
    { flags: '--no-color', summary: 'no colors' },
  ],
  examples: [
    'guard audit search --decision deny --since 7d',
    "guard audit search --tool '*_file' --arg '$.path=/etc/*' --reverse -n 20",
    "guard audit search --latency '>5s' --json | jq .tool",
  ],
  load: () => import('./search.js'),
};
