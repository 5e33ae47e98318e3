import type { Command } from './command.js';

/** `guard tail`: the audit log, live. */
export const tailCommand: Command = {
  usage: 'tail',
  summary: 'show calls and decisions as they happen',
  options: [
    { flags: '-n, --lines <count>', summary: 'earlier calls to show first (default: 20; with --since: all)' },
    { flags: '--no-follow', summary: 'show the earlier calls and end' },
    { flags: '--json', summary: 'print the records themselves, one per line' },
    { flags: '--audit <path>', summary: "audit log to read (default: the user's)" },
    { flags: '--tool <glob>', summary: 'only calls of these tools (repeatable)' },
    { flags: '--server <glob>', summary: 'only these servers (repeatable)' },
    { flags: '--agent <glob>', summary: 'only these agents (repeatable)' },
    {
      flags: '--decision <list>',
      summary: 'only allow, deny, require_approval, dry_run, limit, relay, refusal (several: a,b)',
    },
    { flags: '--since <when>', summary: 'only what came after: 10m, 2h, 7d, 14:30 or 2026-01-31T14:30:00Z' },
    { flags: '--grep <text>', summary: 'only records that contain this text, in any case' },
    { flags: '--no-color', summary: 'no colors' },
  ],
  examples: [
    'guard tail',
    'guard tail --decision deny,limit --since 1h',
    'guard tail --json --no-follow -n 1000 | jq -r \'select(.type=="decision").tool\'',
  ],
  load: () => import('./tail.js'),
};
