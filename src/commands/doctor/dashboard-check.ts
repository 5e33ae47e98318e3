import fs from 'node:fs';
import http from 'node:http';
import { readRunning } from '../../control/running-folder.js';
import { DOCTOR_ANSWER_MS } from '../../platform/bounds.js';
import { messageOf } from '../../platform/errors.js';
import { isLoopback, urlHost } from '../../platform/http/host-names.js';
import { type HttpAddress, listen } from '../../platform/http/listen.js';
import { stateFiles } from '../../platform/state-files.js';
import { dashboardSettings } from '../dashboard-settings.js';
import { type DoctorCheck, type DoctorFinding, fine, problem, warning } from './doctor-check.js';

/** Whether the dashboard can listen, and how its secret is kept; where the config has a `dashboard`. */
export const dashboardCheck: DoctorCheck = {
  name: 'dashboard',
  async run({ config }) {
    if (config?.ok !== true || config.config.settings.sections.dashboard === undefined) return [];
    const { enabled, host, port, secret } = dashboardSettings(config.config.settings.sections);
    const files = config.files.files.map((file) => file.path);
    const ofSecret = secretFindings({ secret, host, files });
    if (!enabled) return [fine('guard serve runs without it: dashboard.enabled is false'), ...ofSecret];
    return [await portFinding(host, port), ...ofSecret];
  },
};

/** Whether answers of webhooks and Slack can be listened for, where the config says on which port. */
export const callbackCheck: DoctorCheck = {
  name: 'callback',
  async run({ config, paths }) {
    const callback = config?.ok === true ? config.config.settings.approval.callback : undefined;
    if (callback === undefined || callback.port === 0) return [];
    const { host, port } = callback;
    const tried = await tryPort(host, port);
    if (tried.kind === 'free') return [fine(`${tried.url} is free`)];
    // It is not asked who it is: a guard would record the question as an answer that does not count.
    const [guard] = readRunning(stateFiles(paths).running).guards;
    if (guard === undefined) return [problem(tried.why, 'name another one with approval.callback.port')];
    return [
      warning(
        `${tried.why}; a guard runs (process ${guard.pid}), which listens there once a call waits`,
        'a port is for one guard process: give guards of other configs other ports',
      ),
    ];
  },
};

type Tried =
  | { readonly kind: 'free'; readonly url: string }
  | { readonly kind: 'taken'; readonly why: string };

async function tryPort(host: string, port: number): Promise<Tried> {
  const server = http.createServer();
  try {
    const { url }: HttpAddress = await listen(server, { host, port });
    return { kind: 'free', url };
  } catch (error) {
    return { kind: 'taken', why: messageOf(error) };
  } finally {
    server.close();
  }
}

async function portFinding(host: string, port: number): Promise<DoctorFinding> {
  const tried = await tryPort(host, port);
  if (tried.kind === 'free') return fine(`${tried.url} is free`);
  if (await isDashboard(host, port)) return fine(`a dashboard of guard answers on ${urlHost(host)}:${port}`);
  return problem(tried.why, 'name another one with dashboard.port');
}

/** Whether what listens there answers like a dashboard. */
async function isDashboard(host: string, port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://${urlHost(host)}:${port}/api/v1/health`, {
      signal: AbortSignal.timeout(DOCTOR_ANSWER_MS),
      redirect: 'error',
    });
    await response.body?.cancel();
    // No other program answers this path with these.
    const policy = response.headers.get('content-security-policy') ?? '';
    return response.ok && policy.startsWith("default-src 'none'; script-src 'self'");
  } catch {
    return false;
  }
}

interface SecretPlace {
  readonly secret: string | undefined;
  readonly host: string;
  readonly files: readonly string[];
}

/** What is to be said of the secret; how strong it is, the config's schema has said. */
function secretFindings({ secret, host, files }: SecretPlace): DoctorFinding[] {
  if (secret === undefined) {
    if (!isLoopback(host)) {
      return [problem(`others can connect to ${host}, and dashboard.api_secret is not set`, 'set it')];
    }
    return [
      warning(
        'dashboard.api_secret is not set: guard serve runs without its dashboard',
        'set it, or look with guard dashboard in a terminal',
      ),
    ];
  }
  // A digest opens nothing: it may stand where others can read.
  if (secret.startsWith('sha256:')) return [fine('the config holds a digest of the secret')];
  return files.flatMap((file) => {
    const stats = fs.statSync(file, { throwIfNoEntry: false });
    if (stats === undefined || !textOf(file).includes(secret)) return [];
    const hint = "name a variable, as in api_secret: '${GUARD_DASHBOARD_SECRET}', or hold its sha256: there";
    const isOpen = process.getuid !== undefined && (stats.mode & 0o077) !== 0;
    const mode = (stats.mode & 0o777).toString(8).padStart(4, '0');
    return isOpen
      ? [problem(`the secret stands in ${file}, which others can read (mode ${mode})`, hint)]
      : [warning(`the secret stands in ${file} as it is`, hint)];
  });
}

function textOf(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
