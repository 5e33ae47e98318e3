import type { Command } from './command.js';

/** `guard uninstall`: the config files of clients as they were. */
export const uninstallCommand: Command = {
  usage: 'uninstall',
  summary: 'take guard out of the config files of your MCP clients, byte for byte',
  options: [
    { flags: '--client <name>', summary: 'only this client (repeatable, or separated by commas)' },
    { flags: '--project', summary: "the files of the project in this folder, in place of the user's" },
    { flags: '--all', summary: "the user's files and the project's" },
    { flags: '--dry-run', summary: 'show what would change, change nothing' },
    { flags: '--yes', summary: 'change the files without a question' },
    { flags: '--from-backup', summary: 'put back the whole file as it was before guard came in' },
    { flags: '--force', summary: 'write even while a client runs that would write over it' },
  ],
  examples: ['guard uninstall', 'guard uninstall --client cursor --from-backup'],
  load: () => import('./uninstall.js'),
};
