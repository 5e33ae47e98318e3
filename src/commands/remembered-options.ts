import type { Command } from './command.js';

/** `guard remembered`: answers that stand for later calls. */
export const rememberedCommand: Command = {
  usage: 'remembered [action] [...ids]',
  summary: 'list answers that stand for later calls, or take them back (revoke ID…)',
  words: ['revoke'],
  options: [
    { flags: '--json', summary: 'print the entries as JSON' },
    { flags: '--all', summary: 'revoke: every entry' },
    { flags: '--expired', summary: 'revoke: entries whose time is over' },
  ],
  examples: [
    'guard remembered',
    'guard remembered revoke rem_3kf9x2mq81bz',
    'guard remembered revoke --expired',
  ],
  load: () => import('./remembered.js'),
};
