import http from 'node:http';
import { DEFAULTS } from '../../config/defaults.js';
import { listen } from '../../platform/http/listen.js';
import { urlHost } from '../../platform/http/host-names.js';
import { DOCTOR_ANSWER_MS } from '../../platform/bounds.js';
import { isGuardError, messageOf } from '../../platform/errors.js';
import { type DoctorCheck, fine, problem } from './doctor-check.js';

/** Whether `guard serve` can listen, where there are servers for it. */
export const portCheck: DoctorCheck = {
  name: 'port',
  async run({ config }) {
    if (config?.ok !== true) return [];
    const { upstreams = [], mcpServers = {}, listen: listening = {} } = config.config.settings.sections;
    if (upstreams.length + Object.keys(mcpServers).length === 0) return [];
    const { host = DEFAULTS.listen.host, port = DEFAULTS.listen.port } = listening;
    const server = http.createServer();
    try {
      const { url } = await listen(server, { host, port });
      return [fine(`${url} is free`)];
    } catch (error) {
      if (await isGuardServing(host, port)) return [fine(`guard serve answers on ${urlHost(host)}:${port}`)];
      return [problem(messageOf(error), isGuardError(error) ? error.hint : undefined)];
    } finally {
      server.close();
    }
  },
};

/** Whether what listens there answers like the gateway. */
async function isGuardServing(host: string, port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://${urlHost(host)}:${port}/healthz`, {
      signal: AbortSignal.timeout(DOCTOR_ANSWER_MS),
      redirect: 'error',
    });
    await response.body?.cancel();
    return response.ok && response.headers.has('x-request-id');
  } catch {
    return false;
  }
}
