import type { Command } from './command.js';

/** `guard explain`: what policy makes of a call, and why. */
export const explainCommand: Command = {
  usage: 'explain',
  summary: 'show which rule decides about a call, and why the others do not',
  options: [
    { flags: '--tool <name>', summary: 'tool that is called' },
    { flags: '--args <json>', summary: 'arguments of the call as a JSON object' },
    { flags: '--uri <uri>', summary: 'resource that is read' },
    { flags: '--prompt <name>', summary: 'prompt that is asked for' },
    { flags: '--method <method>', summary: 'method of the request (default: from the options above)' },
    { flags: '--server <name>', summary: 'name of the server', default: 'server' },
    { flags: '--agent <name>', summary: 'name of the agent' },
    { flags: '--client <name>', summary: 'name of the client' },
    { flags: '--scope <scope>', summary: "scope of the caller's token (repeatable)" },
    {
      flags: '--claim <name=value>',
      summary: "claim of the caller's token; the value may be JSON (repeatable)",
    },
    { flags: '--hint <hint>', summary: 'hint of the tool, such as readOnly=true (repeatable)' },
    { flags: '--config <file>', summary: "config file to use in place of the user's and the project's" },
    { flags: '--json', summary: 'print the explanation as JSON' },
  ],
  examples: [
    `guard explain --tool write_file --args '{"path":"/etc/passwd"}'`,
    'guard explain --tool search --hint readOnly=true --server docs',
  ],
  load: () => import('./explain.js'),
};
