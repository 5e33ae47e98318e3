import { type LoadOptions, type LoadResult, tryLoadConfig } from '../config/load.js';
import { EXIT_CODES, isGuardError, messageOf } from '../platform/errors.js';
import { fileText } from '../platform/file-text.js';
import { guardPaths } from '../platform/paths.js';
import { printable } from '../platform/printable.js';
import { printText } from './check-print.js';
import { clientWorld } from './clients/client-world.js';
import { surveyClients } from './clients/survey-clients.js';
import type { Run } from './command.js';
import { clientCommandsCheck } from './doctor/client-commands-check.js';
import { clientFilesCheck } from './doctor/client-files-check.js';
import { clientStartCheck } from './doctor/client-start-check.js';
import { clientTimesCheck } from './doctor/client-times-check.js';
import { commandsCheck } from './doctor/commands-check.js';
import { configCheck } from './doctor/config-check.js';
import { callbackCheck, dashboardCheck } from './doctor/dashboard-check.js';
import type { DoctorCheck, DoctorContext, DoctorFinding } from './doctor/doctor-check.js';
import { auditCheck, clockCheck, stateCheck } from './doctor/files-check.js';
import { handshakeCheck } from './doctor/handshake-check.js';
import { issuerCheck } from './doctor/issuer-check.js';
import { nodeCheck } from './doctor/node-check.js';
import { portCheck } from './doctor/port-check.js';
import { columns } from './text-table.js';
import { textOption } from './text-option.js';

/** Every check, in the order in which what it tells is shown. */
const CHECKS: readonly DoctorCheck[] = [
  nodeCheck(),
  configCheck,
  stateCheck,
  auditCheck,
  clockCheck,
  commandsCheck,
  handshakeCheck,
  portCheck,
  dashboardCheck,
  callbackCheck,
  issuerCheck,
  clientFilesCheck,
  clientCommandsCheck,
  clientTimesCheck,
  clientStartCheck,
];

type NamedFinding = DoctorFinding & { readonly check: string };

/** Looks at everything that guard needs; ends with 1 where something is wrong. Nothing is changed. */
export const run: Run = async (input, tools) => {
  const paths = guardPaths(tools.env);
  const load: LoadOptions = {
    cwd: tools.cwd,
    env: tools.env,
    paths,
    configFile: textOption(input, 'config'),
  };
  const findings: NamedFinding[] = [];
  let config: LoadResult | undefined;
  try {
    config = await tryLoadConfig(load);
  } catch (error) {
    findings.push({ check: 'config', ...failure(error) });
  }
  const world = clientWorld(tools);
  const context: DoctorContext = {
    world,
    clients: await surveyClients(tools, world),
    startsClients: input.options['startClients'] === true,
    tools,
    paths,
    load,
    config,
    startsServers: input.options['start'] !== false,
  };
  for (const check of CHECKS) {
    for (const finding of await findingsOf(check, context)) findings.push({ check: check.name, ...finding });
  }
  const isWell = findings.every(({ status }) => status !== 'problem');
  await printText(
    tools.stdout,
    input.options['json'] === true ? fileText({ ok: isWell, findings }) : textOf(findings),
  );
  return isWell ? EXIT_CODES.ok : EXIT_CODES.findings;
};

async function findingsOf(check: DoctorCheck, context: DoctorContext): Promise<readonly DoctorFinding[]> {
  try {
    return await check.run(context);
  } catch (error) {
    return [failure(error)];
  }
}

function failure(error: unknown): DoctorFinding {
  const hint = isGuardError(error) ? error.hint : undefined;
  return { status: 'problem', message: messageOf(error), ...(hint === undefined ? {} : { hint }) };
}

function textOf(findings: readonly NamedFinding[]): string {
  const lines = columns(
    findings.map(({ status, check, message }) => [status, check, printable(message)]),
  ).flatMap((line, index) => {
    const hint = findings[index]?.hint;
    return hint === undefined ? [line] : [line, `    → ${printable(hint)}`];
  });
  const problems = findings.filter(({ status }) => status === 'problem').length;
  const last = problems === 0 ? 'all is well' : `${problems} ${problems === 1 ? 'problem' : 'problems'}`;
  return `${[...lines, last].join('\n')}\n`;
}
