import type { Command } from './command.js';

/** `guard approve`: the screen of calls that wait for a person, and its form for scripts. */
export const approveCommand: Command = {
  usage: 'approve [...ids]',
  summary: 'answer calls that wait for a person',
  options: [
    { flags: '--list', summary: 'print what waits, and end (without a terminal: always)' },
    { flags: '--json', summary: 'print the requests themselves, one per line' },
    { flags: '--remember <scope>', summary: 'let such calls pass from now on: session, project or user' },
    { flags: '--reason <text>', summary: 'why, for the audit log' },
    { flags: '--as <name>', summary: 'name of the approver (default: your user name)' },
    { flags: '--url <url>', summary: 'answer at the guard whose dashboard this is, https or this machine' },
    { flags: '--secret-file <file>', summary: 'its secret (default: GUARD_DASHBOARD_SECRET)' },
    { flags: '--no-bell', summary: 'no bell when a call comes' },
    { flags: '--notify', summary: 'ask the terminal for a desktop notification when a call comes' },
    { flags: '--no-color', summary: 'no colors' },
  ],
  examples: ['guard approve', 'guard approve --list --json', 'guard approve apr_3kf9 --remember session'],
  load: () => import('./approve.js'),
};
