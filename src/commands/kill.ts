import { readRunning } from '../control/running-folder.js';
import { EXIT_CODES, GuardError } from '../platform/errors.js';
import { guardPaths } from '../platform/paths.js';
import { printable } from '../platform/printable.js';
import { stateFiles } from '../platform/state-files.js';
import { printText } from './check-print.js';
import type { Run } from './command.js';
import { readSwitch, turnSwitch } from './turn-switch.js';

/** Turns a kill switch on. Throws GuardError `usage`, `switch-unwritable`. */
export const run: Run = async (input, tools) => {
  const state = readSwitch(input, tools, true);
  if (state.reason === null || state.reason.trim() === '') {
    throw new GuardError('usage', 'expected --reason: the agents and the audit logs are told why', {
      hint: "guard kill --reason 'why'",
    });
  }
  const { running, switches } = stateFiles(guardPaths(tools.env));
  turnSwitch(switches, state);
  const { server } = state;
  // A name that was mistyped stops nothing, and its user believes that it does.
  const { guards } = readRunning(running);
  const isKnown = server === null || guards.some((guard) => guard.server === server);
  const stopped = server === null ? 'every server' : `the server ${printable(server)}`;
  const lift = server === null ? 'guard resume' : `guard resume --server ${printable(server)}`;
  await printText(
    tools.stdout,
    `the kill switch for ${stopped} is on: guards refuse every governed call within a second\n` +
      `calls that a server has already received go on; ${lift} lifts the switch\n${isKnown ? '' : `no running guard serves ${printable(server)} now: see guard status\n`}`,
  );
  return EXIT_CODES.ok;
};
