import { EXIT_CODES, GuardError } from '../platform/errors.js';
import { printable } from '../platform/printable.js';
import { printText } from './check-print.js';
import type { Run } from './command.js';
import { bashCompletion } from './completion-bash.js';
import { fishCompletion } from './completion-fish.js';
import { completedCommands, type CompletedCommand } from './completion-words.js';
import { zshCompletion } from './completion-zsh.js';

const SHELLS: Readonly<Record<string, (commands: readonly CompletedCommand[]) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

/** Prints the script that a shell loads. It holds all words: completing starts no guard. Throws GuardError `usage`. */
export const run: Run = async ({ args }, tools) => {
  const [shell = ''] = args;
  const script = Object.hasOwn(SHELLS, shell) ? SHELLS[shell] : undefined;
  if (script === undefined) {
    throw new GuardError('usage', `expected bash, zsh or fish, got ${printable(shell)}`, {
      hint: 'guard completion --help',
    });
  }
  await printText(tools.stdout, script(await completedCommands()));
  return EXIT_CODES.ok;
};
