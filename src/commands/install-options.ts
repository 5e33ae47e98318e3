import type { Command } from './command.js';

/** `guard install`: guard in front of the servers of clients. */
export const installCommand: Command = {
  usage: 'install',
  summary: 'put guard in front of the servers in the config files of your MCP clients',
  options: [
    { flags: '--client <name>', summary: 'only this client (repeatable, or separated by commas)' },
    { flags: '--project', summary: "the files of the project in this folder, in place of the user's" },
    { flags: '--all', summary: "the user's files and the project's" },
    { flags: '--dry-run', summary: 'show what would change, change nothing' },
    { flags: '--yes', summary: 'change the files without a question' },
    { flags: '--remote', summary: 'put the bridge of guard --url in front of remote servers too' },
    {
      flags: '--set-timeouts',
      summary: "raise clients' limits of one call to 10 min, where they have a key for it",
    },
    { flags: '--force', summary: 'write even while a client runs that would write over it' },
  ],
  examples: ['guard install --dry-run', 'guard install --client claude-code --client codex'],
  load: () => import('./install.js'),
};
