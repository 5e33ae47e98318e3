import { GuardError } from '../platform/errors.js';
import type { CommandInput } from './command.js';
import { textOption } from './text-option.js';

/** What `--port` says; undefined where it is not given. Throws GuardError `usage`. */
export function portOption(input: CommandInput): number | undefined {
  const text = textOption(input, 'port');
  if (text === undefined) return undefined;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new GuardError('usage', `--port expects a number from 0 to 65535, got "${text}"`);
}
