import { createInterface } from 'node:readline/promises';
import { GuardError } from '../../platform/errors.js';
import type { CommandInput, Tools } from '../command.js';

/**
 * Whether to go on: `--yes`, or the answer of the person at the terminal; no answer is a no.
 * Throws GuardError `usage` where there is nobody to ask.
 */
export async function isWanted(
  question: string,
  { options }: CommandInput,
  { stdin, stdout, signal }: Pick<Tools, 'stdin' | 'stdout' | 'signal'>,
): Promise<boolean> {
  if (options['yes'] === true) return true;
  if (!stdin.isTTY || !stdout.isTTY) {
    throw new GuardError('usage', 'there is no terminal to ask on, and nothing was changed', {
      hint: '--yes changes the files without a question, --dry-run shows what would change',
    });
  }
  const lines = createInterface({ input: stdin, output: stdout });
  try {
    const closed = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
    const answer = await Promise.race([lines.question(`${question} [y/N] `, { signal }), closed]);
    return /^y(?:es)?$/i.test(answer.trim());
  } catch {
    // Told to stop: that is a no.
    return false;
  } finally {
    lines.close();
  }
}
