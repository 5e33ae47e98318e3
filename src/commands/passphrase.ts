import { PASSPHRASE_CHARS_MAX } from '../platform/bounds.js';
import { GuardError } from '../platform/errors.js';
import type { Tools } from './command.js';
import { type LineStep, passphraseLine } from './passphrase-line.js';

/** What asking needs: keys come from stdin, the prompt goes to stderr, so that stdout can be piped. */
export type PassphraseTools = Pick<Tools, 'stdin' | 'stderr' | 'signal'>;

/**
 * Asks for a passphrase on the terminal; what is typed is not shown. Throws GuardError `usage`
 * without a terminal, so that no program answers in a person's place by a pipe, and
 * `input-cancelled` after Ctrl-C, Ctrl-D or the end of the input.
 */
export async function askPassphrase(tools: PassphraseTools, prompt: string): Promise<string> {
  const { stdin, stderr } = tools;
  if (!stdin.isTTY || !stderr.isTTY) {
    throw new GuardError('usage', 'a passphrase is asked for on a terminal only', {
      hint: 'run the command in a terminal of your own, without pipes',
    });
  }
  const wasRaw = stdin.isRaw;
  // First of all: what is typed as soon as the prompt is there must not be shown.
  stdin.setRawMode(true);
  stderr.write(prompt);
  try {
    return await readLine(tools);
  } finally {
    stdin.setRawMode(wasRaw);
    stdin.pause();
    stderr.write('\n');
  }
}

function readLine({ stdin, signal }: PassphraseTools): Promise<string> {
  const line = passphraseLine(PASSPHRASE_CHARS_MAX);
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      stdin.off('data', onData);
      stdin.off('end', onEnd);
      stdin.off('error', onEnd);
      signal.removeEventListener('abort', onEnd);
    };
    const onEnd = (): void => {
      stop();
      reject(cancelled());
    };
    const onData = (chunk: Buffer | string): void => {
      const step: LineStep = line.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
      if (step.kind === 'open') return;
      if (step.kind === 'cancelled') return onEnd();
      stop();
      // What was typed ahead belongs to the next question.
      stdin.pause();
      if (step.rest.length > 0) stdin.unshift(step.rest);
      resolve(step.text);
    };
    if (signal.aborted) return onEnd();
    stdin.on('data', onData);
    stdin.on('end', onEnd);
    stdin.on('error', onEnd);
    signal.addEventListener('abort', onEnd);
    stdin.resume();
  });
}

function cancelled(): GuardError {
  return new GuardError('input-cancelled', 'no passphrase was given');
}
