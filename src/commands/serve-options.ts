import type { Command } from './command.js';

/** `guard serve`: the HTTP gateway. */
export const serveCommand: Command = {
  usage: 'serve',
  summary: 'run the HTTP gateway in front of the servers that the config names',
  options: [
    { flags: '--config <file>', summary: "config file to use in place of the user's and the project's" },
    { flags: '--host <host>', summary: 'address to listen on (default: listen.host)' },
    { flags: '--port <port>', summary: 'port to listen on, 0 for any free one (default: listen.port)' },
    { flags: '--audit <file>', summary: 'audit log to append to' },
    { flags: '--observe', summary: 'record what policy would do, block nothing' },
  ],
  examples: ['guard serve', 'guard serve --config ./guard.yaml --port 8080'],
  load: () => import('./serve.js'),
};
