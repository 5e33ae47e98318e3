import type { Command } from '../command.js';

/** `guard audit prune`: old files of the log. */
export const auditPruneCommand: Command = {
  usage: 'prune',
  summary: 'remove old rotated files of the audit log; a statement of what they held stays',
  options: [
    {
      flags: '--older-than <duration>',
      summary: 'files all of whose records are older, such as 90d (default: audit.retention)',
    },
    { flags: '--keep-size <size>', summary: 'the oldest files, until the log has at most this size: 2GB' },
    { flags: '--dry-run', summary: 'only show what would be removed' },
    { flags: '--json', summary: 'print one line of JSON for each file' },
    { flags: '--audit <path>', summary: 'audit log to prune (default: that of the config)' },
  ],
  examples: [
    'guard audit prune --dry-run',
    'guard audit prune --older-than 30d',
    'guard audit prune --keep-size 2GB',
  ],
  load: () => import('./prune.js'),
};
