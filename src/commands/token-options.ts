import type { Command } from './command.js';

/** `guard token`: the tokens by which `guard serve` knows agents. */
export const tokenCommand: Command = {
  usage: 'token <action> [name]',
  summary: 'make a token for development (mint NAME), or say what guard serve makes of one (check)',
  words: ['mint', 'check'],
  options: [
    { flags: '--ttl <duration>', summary: 'mint: how long it counts', default: '1h' },
    { flags: '--scope <scope>', summary: 'mint: a scope that it has (repeatable)' },
    { flags: '--claim <name=value>', summary: 'mint: a further claim; the value may be JSON (repeatable)' },
    { flags: '--config <file>', summary: "config file to use in place of the user's" },
  ],
  examples: ['guard token mint billing-bot --ttl 1h --scope files:read', 'guard token check < token.txt'],
  load: () => import('./token.js'),
};
