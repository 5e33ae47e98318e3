import type { Command } from '../command.js';

/** `guard audit key`: the key that signs checkpoints. */
export const auditKeyCommand: Command = {
  usage: 'key',
  summary: 'print the public half of the key that signs checkpoints; the first use makes it',
  options: [{ flags: '--json', summary: 'print it as JSON, with its fingerprint and file' }],
  examples: ['guard audit key > audit-key.pem', 'guard audit key --json | jq -r .fingerprint'],
  load: () => import('./key.js'),
};
