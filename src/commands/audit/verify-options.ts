import type { Command } from '../command.js';

/** `guard audit verify`: whether a log is as its writers left it. */
export const auditVerifyCommand: Command = {
  usage: 'verify [...files]',
  summary: 'say of each writer of a log what is intact, changed, missing, reordered, cut off or foreign',
  options: [
    { flags: '--audit <path>', summary: "audit log to verify, with its rotated files (default: the user's)" },
    { flags: '--key <file>', summary: 'public key of the checkpoints, PEM (repeatable; default: your own)' },
    {
      flags: '--anchor <file>',
      summary: 'heads that were kept elsewhere; they must be in the log (repeatable)',
    },
    { flags: '--json', summary: 'print the result as one line of JSON' },
    { flags: '--no-progress', summary: 'no progress bar' },
  ],
  examples: [
    'guard audit verify',
    'guard audit verify --key audit-key.pem --anchor /mnt/other/heads.jsonl',
    'guard audit verify audit.jsonl.2 audit.jsonl.1 audit.jsonl --json',
  ],
  load: () => import('./verify.js'),
};
