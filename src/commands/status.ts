import type { RunningGuard } from '../control/running-file.js';
import { readRunning } from '../control/running-folder.js';
import { type FoundSwitch, readSwitches, stops } from '../control/switch-folder.js';
import { EXIT_CODES } from '../platform/errors.js';
import { fileText } from '../platform/file-text.js';
import { guardPaths } from '../platform/paths.js';
import { stateFiles } from '../platform/state-files.js';
import { printText } from './check-print.js';
import type { Run } from './command.js';
import { statusText } from './status-text.js';

/** What is shown: the guards, the switches that are on, and what could not be read. */
export interface Status {
  readonly guards: readonly (RunningGuard & { readonly killed: boolean; readonly enforces: boolean })[];
  readonly switches: readonly FoundSwitch[];
  readonly troubles: readonly string[];
}

/** Shows what runs; ends with 1 where something needs a person. */
export const run: Run = async ({ options }, tools) => {
  const { running, switches } = stateFiles(guardPaths(tools.env));
  const { guards, troubles } = readRunning(running);
  const found = readSwitches(switches);
  const status: Status = {
    guards: guards.map((guard) => ({
      ...guard,
      killed: found.some((one) => stops(one, guard.server)),
      enforces: guard.mode === 'enforce' && guard.layers.length > 0,
    })),
    switches: found.filter((one) => one.kind === 'trouble' || one.state.on),
    troubles,
  };
  await printText(tools.stdout, options['json'] === true ? fileText(jsonOf(status)) : statusText(status));
  const needsSomebody =
    status.switches.length > 0 || troubles.length > 0 || status.guards.some(({ enforces }) => !enforces);
  return needsSomebody ? EXIT_CODES.findings : EXIT_CODES.ok;
};

function jsonOf({ guards, switches, troubles }: Status): object {
  return {
    guards,
    kill_switches: switches.map((one) => {
      if (one.kind === 'trouble') return { server: null, trouble: one.why };
      const { server, by, reason, at } = one.state;
      return { server, by, reason, at };
    }),
    troubles,
  };
}
