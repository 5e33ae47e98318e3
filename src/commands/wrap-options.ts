import type { Command } from './command.js';

/** `guard [options] -- command…`: the door in front of one server. */
export const wrapCommand: Command = {
  usage: '[...words]',
  summary: 'start an MCP server behind guard: guard [options] -- command [args]',
  options: [
    {
      flags: '--server <name>',
      summary: 'name of the server in rules and records (default: from the command)',
    },
    { flags: '--agent <name>', summary: 'name of the agent in rules and records' },
    { flags: '--session <id>', summary: 'session that this guard belongs to (default: a new one)' },
    { flags: '--config <file>', summary: "config file to use in place of the user's and the project's" },
    { flags: '--audit <file>', summary: 'audit log to append to' },
    { flags: '--observe', summary: 'record what policy would do, block nothing' },
    {
      flags: '--dry-run',
      summary: 'answer every governed call with what would have happened, let none reach the server',
    },
    { flags: '--url <url>', summary: 'govern a remote server (Streamable HTTP or SSE) instead of a command' },
    {
      flags: '--header <header>',
      summary: "header for the remote server, as 'Name: value' (repeatable, ${VAR} from the environment)",
    },
    {
      flags: '--header-env <name=variable>',
      summary: 'header for the remote server whose value is that of a variable (repeatable)',
    },
  ],
  examples: [
    'guard -- npx -y @modelcontextprotocol/server-filesystem ~/projects',
    'guard --server docs --url https://example.com/mcp',
  ],
  load: () => import('./wrap.js'),
};
