import path from 'node:path';
import { loadConfig, type LoadOptions } from '../config/load.js';
import { createGatewayLog, type GatewayLog } from '../gateway/operate/log.js';
import { createDiagnostics } from '../platform/diagnostics.js';
import { EXIT_CODES, GuardError } from '../platform/errors.js';
import { withoutOptimizer } from '../platform/optimizer.js';
import { guardPaths } from '../platform/paths.js';
import type { CommandInput, Run, Tools } from './command.js';
import { SecretsInForce } from './secrets-in-force.js';
import type { OpenGateway } from './serve-gateway.js';
import { serveUpstreams } from './serve-upstreams.js';
import { textOption } from './text-option.js';

/**
 * Runs the gateway until it is told to stop; what is open then is answered first. Eager servers are started
 * as soon as the config is known: they boot while the larger part of the program is loaded.
 */
export const run: Run = async (input, tools) => {
  const options = loadOptions(input, tools);
  const config = await withoutOptimizer(() => loadConfig(options));
  const secrets = new SecretsInForce(tools.env);
  secrets.learn(config);
  const { level, format } = config.settings.log;
  const log = createGatewayLog({
    level,
    format,
    clock: tools.clock,
    mask: secrets.mask,
    write: (line) => void tools.stderr.write(line),
  });
  const diagnostics = createDiagnostics((line) => log.write('warn', line.replace(/^guard: /, '').trimEnd()));
  for (const note of config.notes) diagnostics.note(note);
  if (config.settings.upstreams.length === 0) {
    throw new GuardError('config-invalid', 'the config names no servers for guard serve', {
      hint: 'Add some under upstreams, or paste the mcpServers map of a client.',
    });
  }
  const servers = serveUpstreams({ tools, config, log, diagnostics });
  servers.set.reconcile(config.settings.upstreams);
  try {
    const gateway = await withoutOptimizer(async () => {
      const { openGateway } = await import('./serve-gateway.js');
      return openGateway({ input, tools, options, config, log, diagnostics, secrets, servers });
    });
    await runUntilAborted(gateway, tools, log, config.settings.upstreams.length);
  } finally {
    await servers.set.closeAll();
  }
  return EXIT_CODES.ok;
};

async function runUntilAborted(
  gateway: OpenGateway,
  { signal }: Tools,
  log: GatewayLog,
  servers: number,
): Promise<void> {
  try {
    const { url } = await gateway.listen();
    log.write('info', 'listening', { url: `${url}/mcp`, servers });
    await aborted(signal);
    log.write('info', 'stopping');
  } finally {
    await gateway.close();
  }
}

function loadOptions(input: CommandInput, tools: Tools): LoadOptions {
  const auditFile = textOption(input, 'audit');
  return {
    cwd: tools.cwd,
    env: tools.env,
    paths: guardPaths(tools.env),
    configFile: textOption(input, 'config'),
    observe: input.options['observe'] === true,
    auditFile: auditFile === undefined ? undefined : path.resolve(tools.cwd, auditFile),
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
