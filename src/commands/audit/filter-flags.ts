import type { Command } from '../command.js';

/** The options by which `guard audit search`, `stats` and `export` choose calls, and what goes with them. */
export const FILTER_FLAGS: Command['options'] = [
  { flags: '--audit <path>', summary: "audit log to read, with its rotated files (default: the user's)" },
  { flags: '--tool <glob>', summary: 'only calls of these tools (repeatable)' },
  { flags: '--server <glob>', summary: 'only these servers (repeatable)' },
  { flags: '--agent <glob>', summary: 'only these agents (repeatable)' },
  {
    flags: '--decision <list>',
    summary: 'only allow, deny, require_approval, dry_run, limit, relay, refusal (several: a,b)',
  },
  {
    flags: '--result <list>',
    summary: 'only calls that ended so: ok, tool-error, error, denied, … or none (several: a,b)',
  },
  { flags: '--rule <glob>', summary: 'only what these rules decided, as rule or layer/rule (repeatable)' },
  { flags: '--reason <glob>', summary: 'only decisions and refusals with these reasons (repeatable)' },
  { flags: '--method <glob>', summary: 'only these methods (repeatable)' },
  { flags: '--session <glob>', summary: 'only these sessions (repeatable)' },
  { flags: '--request <glob>', summary: 'only these request ids (repeatable)' },
  { flags: '--since <when>', summary: 'only what came after: 10m, 2h, 7d, 14:30 or 2026-01-31T14:30:00Z' },
  { flags: '--until <when>', summary: 'only what came before' },
  { flags: '--latency <range>', summary: "only calls that took so long: '>100', '>=2s' or 100..200 (ms)" },
  { flags: '--size <range>', summary: "only calls with arguments of so many bytes: '>64KiB'" },
  {
    flags: '--arg <path=glob>',
    summary: "only calls with this argument, where the log holds them: '$.path=/etc/*' (repeatable)",
  },
  { flags: '--grep <text>', summary: 'only records that contain this text, in any case' },
  { flags: '--no-progress', summary: 'no progress bar' },
];
