import type { RunningGuard } from '../control/running-file.js';
import { readRunning } from '../control/running-folder.js';
import { type FoundSwitch, readSwitches, stops } from '../control/switch-folder.js';
import { EXIT_CODES, GuardError } from '../platform/errors.js';
import { fileText } from '../platform/file-text.js';
import { guardPaths } from '../platform/paths.js';
import { stateFiles } from '../platform/state-files.js';
import { printText } from './check-print.js';
import { clientWorld } from './clients/client-world.js';
import { type ClientSurvey, surveyClients } from './clients/survey-clients.js';
import { needsSomebody, surveyJson, surveyText } from './clients/survey-text.js';
import type { Run, Tools } from './command.js';
import { statusText } from './status-text.js';

/** What is shown: the guards, the switches that are on, and what could not be read. */
export interface Status {
  readonly guards: readonly (RunningGuard & { readonly killed: boolean; readonly enforces: boolean })[];
  readonly switches: readonly FoundSwitch[];
  readonly troubles: readonly string[];
}

/** Shows what runs and what clients start; ends with 1 where something needs a person. Throws GuardError `usage`. */
export const run: Run = async ({ options }, tools) => {
  const isRunningOnly = options['running'] === true;
  const isClientsOnly = options['clients'] === true;
  if (isRunningOnly && isClientsOnly)
    throw new GuardError('usage', '--running and --clients exclude each other');
  const status = isClientsOnly ? undefined : readStatus(tools);
  const survey = isRunningOnly ? undefined : await surveyClients(tools, clientWorld(tools));
  const text =
    options['json'] === true
      ? fileText({
          ...(status === undefined ? {} : jsonOf(status)),
          ...(survey === undefined ? {} : { clients: surveyJson(survey) }),
        })
      : textOf(status, survey);
  await printText(tools.stdout, text);
  const isWell =
    (status === undefined || isStatusWell(status)) && (survey === undefined || !needsSomebody(survey));
  return isWell ? EXIT_CODES.ok : EXIT_CODES.findings;
};

function textOf(status: Status | undefined, survey: ClientSurvey | undefined): string {
  const running = status === undefined ? '' : statusText(status);
  const servers = survey === undefined ? '' : surveyText(survey);
  if (running === '' && servers === '') return 'no config file of a client was found\n';
  return running !== '' && servers !== '' ? `${running}\n${servers}` : running + servers;
}

function readStatus(tools: Pick<Tools, 'env'>): Status {
  const { running, switches } = stateFiles(guardPaths(tools.env));
  const { guards, troubles } = readRunning(running);
  const found = readSwitches(switches);
  return {
    guards: guards.map((guard) => ({
      ...guard,
      killed: found.some((one) => stops(one, guard.server)),
      enforces: guard.mode === 'enforce' && guard.layers.length > 0,
    })),
    switches: found.filter((one) => one.kind === 'trouble' || one.state.on),
    troubles,
  };
}

function isStatusWell({ switches, troubles, guards }: Status): boolean {
  return switches.length === 0 && troubles.length === 0 && guards.every(({ enforces }) => enforces);
}

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
