import path from 'node:path';
import { createApproverSet } from '../approvals/signing/approver-set.js';
import { followLog } from '../audit/follow.js';
import { openLog } from '../audit/reader.js';
import { type LoadedConfig, loadConfig, type LoadOptions } from '../config/load.js';
import { readRunning } from '../control/running-folder.js';
import { readSeenServers } from '../control/seen-servers.js';
import { Dashboard } from '../dashboard/dashboard.js';
import type { DashboardSource } from '../dashboard/source.js';
import { createDiagnostics, type Diagnostics } from '../platform/diagnostics.js';
import { EXIT_CODES, GuardError, messageOf } from '../platform/errors.js';
import { guardPaths } from '../platform/paths.js';
import { printable } from '../platform/printable.js';
import { stateFiles } from '../platform/state-files.js';
import { printText } from './check-print.js';
import { type CommandRecord, openCommandRecord } from './command-record.js';
import type { CommandInput, Run, Tools } from './command.js';
import { dashboardAssets, dashboardSettings } from './dashboard-settings.js';
import { approvalsOf } from './dashboard-source.js';
import { machineServers } from './machine-servers.js';
import { openLedger } from './open-ledger.js';
import { policyInForce, type PolicyInForce } from './policy-in-force.js';
import { portOption } from './port-option.js';
import { textOption } from './text-option.js';

/** Serves the dashboard until it is told to stop. Throws GuardError `config-invalid`, `address-unusable`, `audit-unwritable`. */
export const run: Run = async (input, tools) => {
  const options: LoadOptions = {
    cwd: tools.cwd,
    env: tools.env,
    paths: guardPaths(tools.env),
    configFile: textOption(input, 'config'),
  };
  const diagnostics = createDiagnostics((line) => void tools.stderr.write(line));
  const config = await loadConfig(options);
  const settings = dashboardSettings(config.settings.sections);
  const isTerminal = tools.stdout.isTTY;
  if (settings.secret === undefined && !isTerminal) {
    throw new GuardError('config-invalid', 'dashboard.api_secret is not set, and there is no terminal', {
      hint: 'without a secret the login link is shown in a terminal and nowhere else: run it in one, or set dashboard.api_secret',
    });
  }
  const record = await openCommandRecord(input, tools);
  const machine = new MachineDashboard({ input, tools, options, config, diagnostics, record });
  try {
    const { url } = await machine.dashboard.start();
    const address = settings.publicUrl ?? url;
    const lines = [`The dashboard is at ${address}`];
    if (settings.secret !== undefined) lines.push('Log in with dashboard.api_secret.');
    // A code in a terminal is for whoever sits there; where others can connect, the secret is asked for.
    else lines.push(`Log in, once and within ten minutes: ${url}/${machine.dashboard.newCode()}`);
    await printText(tools.stdout, `${lines.join('\n')}\n`);
    await aborted(tools.signal);
  } finally {
    await machine.close();
    record.close();
  }
  return EXIT_CODES.ok;
};

interface MachineInput {
  readonly input: CommandInput;
  readonly tools: Tools;
  readonly options: LoadOptions;
  readonly config: LoadedConfig;
  readonly diagnostics: Diagnostics;
  readonly record: CommandRecord;
}

/** The dashboard with the policy that it explains, which follows its files. */
class MachineDashboard {
  readonly dashboard: Dashboard;
  readonly #policy: PolicyInForce;

  constructor(start: MachineInput) {
    const { input, tools, options, config, diagnostics } = start;
    this.#policy = policyInForce({
      options,
      first: config,
      diagnostics,
      prepare: (next) => {
        this.dashboard.useSecret(dashboardSettings(next.settings.sections).secret);
        return Promise.resolve();
      },
      // It governs nothing, so what it reads is no news for the log.
      record: () => undefined,
    });
    const settings = dashboardSettings(config.settings.sections);
    this.dashboard = new Dashboard({
      ...settings,
      host: textOption(input, 'host') ?? settings.host,
      port: portOption(input) ?? settings.port,
      assets: dashboardAssets(),
      source: sourceOf(start, this.#policy),
      clock: tools.clock,
      onDefect: (error) => diagnostics.note(`a defect was caught: ${printable(messageOf(error))}`),
    });
  }

  async close(): Promise<void> {
    this.#policy.close();
    await this.dashboard.close();
  }
}

function sourceOf(
  { input, tools, config, diagnostics, record }: MachineInput,
  policy: PolicyInForce,
): DashboardSource {
  const named = textOption(input, 'audit');
  const auditFile = named === undefined ? config.settings.audit.path : path.resolve(tools.cwd, named);
  return {
    ...approvalsOf(tools),
    scope: 'machine',
    approvers: createApproverSet(config.settings.approval.approvers).fingerprint,
    notes: () => {
      const files = stateFiles(guardPaths(tools.env));
      const troubles = [...readRunning(files.running).troubles, ...readSeenServers(files.servers).troubles];
      return troubles.map((text) => printable(text));
    },
    auditFile,
    follow: (listener, signal) =>
      void followFile(auditFile, tools, listener, signal).catch((error: unknown) =>
        diagnostics.repeated('feed', `the feed stopped: ${messageOf(error)}`),
      ),
    ledger: openLedger(tools, (text) => diagnostics.repeated('ledger', text)),
    policy: () => policy.current(),
    budgets: () => policy.budgets(),
    servers: () => machineServers(tools, policy.config().settings.upstreams),
    record: (event, detail) => record.write({ event, detail }),
  };
}

/** Follows the log from its end on. */
async function followFile(
  path: string,
  { clock }: Tools,
  listener: Parameters<DashboardSource['follow']>[0],
  signal: AbortSignal,
): Promise<void> {
  const log = await openLog(path);
  const start = log === undefined ? {} : { start: { log, offset: log.size } };
  for await (const entries of followLog({ path, ...start, signal, clock, note: () => undefined })) {
    const records = entries.flatMap((entry) => (entry.kind === 'record' ? [entry.record] : []));
    if (records.length > 0) listener(records, 0);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
