import type { Command } from '../command.js';

/** `guard audit redact`: looks for what must not be in a log. */
export const auditRedactCommand: Command = {
  usage: 'redact',
  summary: 'report the secrets that a log still holds, without showing them',
  options: [
    {
      flags: '--check [file]',
      summary: "the log to look through, with its rotated files; - for stdin (default: the user's)",
    },
    {
      flags: '--config <file>',
      summary: 'config file whose secrets are looked for; default: as guard finds it',
    },
    { flags: '--skip <detectors>', summary: 'kinds not to look for, with commas between them: email,iban' },
    { flags: '--json', summary: 'print one JSON object per finding' },
    { flags: '--no-progress', summary: 'no progress bar' },
  ],
  examples: [
    'guard audit redact --check',
    'guard audit redact --check audit.jsonl',
    'guard audit redact --check - --skip email < shared.jsonl',
  ],
  load: () => import('./redact.js'),
};
