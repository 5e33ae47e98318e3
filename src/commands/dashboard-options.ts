import type { Command } from './command.js';

/** `guard dashboard`: the dashboard over what all guards of this user do. */
export const dashboardCommand: Command = {
  usage: 'dashboard',
  summary: 'serve a page with what the guards of this machine do, and what waits for you',
  options: [
    { flags: '--config <file>', summary: "config file to use in place of the user's and the project's" },
    { flags: '--host <host>', summary: 'address to listen on (default: dashboard.host)' },
    { flags: '--port <port>', summary: 'port to listen on, 0 for any free one (default: dashboard.port)' },
    { flags: '--audit <file>', summary: 'audit log to show and to append to' },
  ],
  examples: ['guard dashboard', 'guard dashboard --port 0'],
  load: () => import('./dashboard.js'),
};
