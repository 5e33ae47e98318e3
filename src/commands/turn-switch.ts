import { userInfo } from 'node:os';
import type { SwitchState } from '../control/switch-file.js';
import { writeSwitch } from '../control/switch-folder.js';
import { SWITCH_TEXT_CHARS_MAX } from '../platform/bounds.js';
import { GuardError, messageOf } from '../platform/errors.js';
import type { CommandInput, Tools } from './command.js';
import { textOption } from './text-option.js';

/** What the command line says of a switch that is to be turned. Throws GuardError `usage`. */
export function readSwitch(input: CommandInput, tools: Tools, on: boolean): SwitchState {
  const [stray] = input.args;
  if (stray !== undefined) {
    throw new GuardError('usage', `expected no words, got "${stray}"`, {
      hint: 'name a server with --server NAME',
    });
  }
  return {
    server: boundedOption(input, 'server'),
    on,
    by: boundedOption(input, 'as') ?? userInfo().username,
    reason: boundedOption(input, 'reason'),
    at: tools.clock.timestamp(),
  };
}

/** Writes the switch. Throws GuardError `switch-unwritable`. */
export function turnSwitch(folder: string, state: SwitchState): void {
  try {
    writeSwitch(folder, state);
  } catch (error) {
    throw new GuardError('switch-unwritable', `cannot turn the kill switch: ${messageOf(error)}`, {
      hint: 'To stop a server now, end its guard process.',
      cause: error,
    });
  }
}

function boundedOption(input: CommandInput, name: string): string | null {
  const text = textOption(input, name);
  if (text === undefined) return null;
  if (text.length <= SWITCH_TEXT_CHARS_MAX) return text;
  throw new GuardError('usage', `--${name} has more than ${SWITCH_TEXT_CHARS_MAX} characters`);
}
