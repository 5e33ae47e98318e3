import type { Command } from './command.js';

/** `guard deny`: the other answer, for scripts. */
export const denyCommand: Command = {
  usage: 'deny [...ids]',
  summary: 'deny calls that wait for a person',
  options: [
    { flags: '--reason <text>', summary: 'why; the agent reads it' },
    { flags: '--as <name>', summary: 'name of the approver (default: your user name)' },
    { flags: '--url <url>', summary: 'answer at the guard whose dashboard this is, https or this machine' },
    { flags: '--secret-file <file>', summary: 'its secret (default: GUARD_DASHBOARD_SECRET)' },
  ],
  examples: ["guard deny apr_3kf9 --reason 'not on a Friday'"],
  load: () => import('./deny.js'),
};
