import { randomBytes } from 'node:crypto';
import { DEFAULTS } from '../config/defaults.js';
import type { Dashboard } from '../dashboard/dashboard.js';
import type { LoadedConfig, LoadOptions } from '../config/load.js';
import { Gateway } from '../gateway/gateway.js';
import type { HttpAddress } from '../platform/http/listen.js';
import { HttpServer } from '../gateway/http/server.js';
import { createIdentity } from '../gateway/identity/create-identity.js';
import type { Identity } from '../gateway/identity/principal.js';
import type { GatewayMetrics } from '../gateway/operate/gateway-metrics.js';
import { readinessOf, type Readiness } from '../gateway/operate/health.js';
import type { GatewayLog } from '../gateway/operate/log.js';
import { createPrometheusMetrics } from '../gateway/operate/prometheus-metrics.js';
import type { UpstreamSet } from '../gateway/upstreams/upstream-set.js';
import { isLoopback } from '../platform/http/host-names.js';
import { GATEWAY_DRAIN_MS } from '../platform/bounds.js';
import type { Diagnostics } from '../platform/diagnostics.js';
import { messageOf } from '../platform/errors.js';
import { VERSION } from '../platform/version.js';
import type { CommandInput, Tools } from './command.js';
import { dashboardSettings } from './dashboard-settings.js';
import { identitySettings, publicAddress } from './identity-settings.js';
import type { SecretsInForce } from './secrets-in-force.js';
import { ServeHost } from './serve-host.js';
import type { ServedUpstreams } from './serve-upstreams.js';
import { portOption } from './port-option.js';
import { textOption } from './text-option.js';

export interface ServeStart {
  readonly input: CommandInput;
  readonly tools: Tools;
  readonly options: LoadOptions;
  readonly config: LoadedConfig;
  readonly log: GatewayLog;
  readonly diagnostics: Diagnostics;
  /** Those of the config, already starting. */
  readonly servers: ServedUpstreams;
  readonly secrets: SecretsInForce;
}

export interface OpenGateway {
  /** Throws GuardError `address-unusable`. */
  listen(): Promise<HttpAddress>;
  /** Answers what is open, ends sessions and servers, and writes what is left. */
  close(): Promise<void>;
}

/** Puts the gateway together; nothing is listened to yet. */
export async function openGateway(start: ServeStart): Promise<OpenGateway> {
  const { input, tools, config, log, diagnostics, servers } = start;
  const listen = listenSettings(input, config);
  const face: { server?: HttpServer; dashboard?: Dashboard } = {};
  const metrics = createPrometheusMetrics({
    version: VERSION,
    now: () => face.server?.now ?? { connections: 0, exchanges: 0, streams: 0 },
  });
  const bound: { port?: number } = {};
  const identity = await createIdentity({
    settings: identitySettings(config.settings.sections),
    address: () => ({ ...publicAddress(config.settings.sections, bound.port), host: listen.host }),
    clock: tools.clock,
    note: (text) => diagnostics.note(text),
  });
  servers.onState((name, state) => metrics.upstreamState(name, state));
  const upstreams = servers.set;
  const host = await ServeHost.create({
    input,
    tools,
    options: start.options,
    config,
    diagnostics,
    secrets: start.secrets,
    metrics,
    onConfig: (next) => {
      servers.useConfig(next);
      log.setLevel(next.settings.log.level);
      face.dashboard?.useSecret(next.settings.sections.dashboard?.api_secret);
      gateway.reconcile(next.settings.upstreams);
      // The policy is in force a moment later; who asks again is to see it.
      setImmediate(() => gateway.listsChanged());
    },
  });
  const gateway = newGateway(start, { upstreams, host, metrics, identity });
  servers.useTraces((id) => gateway.exchanges.traceOf(id));
  gateway.reconcile(config.settings.upstreams);
  if (identity.warning !== undefined) log.write('warn', identity.warning);
  const server = new HttpServer({
    ...listen,
    core: gateway.core,
    identity,
    readiness: () => readiness(upstreams, host, identity, server.isClosing),
    metrics,
    log,
    bodyBytesMax: config.settings.relay.clientFrameBytesMax,
    monotonicMs: () => tools.clock.monotonicMs(),
    onRefused: (refusal) => host.refusals.turnedAway(refusal),
    ...(host.trails.gate === undefined ? {} : { gate: host.trails.gate }),
  });
  face.server = server;
  return {
    async listen() {
      // First, so that who is ready for agents is ready for the people who answer their calls.
      await startDashboard(start, { upstreams, host, gateway }, face);
      const address = await server.start();
      bound.port = address.port;
      return address;
    },
    async close() {
      await face.dashboard?.close();
      server.beginClosing();
      await gateway.drained(GATEWAY_DRAIN_MS);
      await gateway.close('guard is ending');
      await server.close();
      await host.close();
      identity.close();
    },
  };
}

/**
 * Starts the dashboard where it is on and has a secret. Without one nobody could log in: that is an error
 * where others can connect, and a note where only this machine can. Throws GuardError.
 */
async function startDashboard(
  { tools, config, log, diagnostics }: ServeStart,
  parts: { readonly upstreams: UpstreamSet; readonly host: ServeHost; readonly gateway: Gateway },
  face: { dashboard?: Dashboard },
): Promise<void> {
  const { enabled, host: address, secret } = dashboardSettings(config.settings.sections);
  if (!enabled) return;
  if (secret === undefined && isLoopback(address)) {
    log.write('info', 'the dashboard is off: dashboard.api_secret is not set');
    return;
  }
  const { serveDashboard } = await import('./serve-dashboard.js');
  face.dashboard = serveDashboard({
    tools,
    config,
    diagnostics,
    ...parts,
    onDefect: (error) => log.write('error', 'a defect was caught', { error: messageOf(error) }),
  });
  const { url } = await face.dashboard.start();
  log.write('info', 'dashboard listening', { url });
}

interface GatewayParts {
  readonly upstreams: UpstreamSet;
  readonly host: ServeHost;
  readonly metrics: GatewayMetrics;
  readonly identity: Identity;
}

function newGateway(
  { tools, config, log }: ServeStart,
  { upstreams, host, metrics, identity }: GatewayParts,
): Gateway {
  const { relay, sections } = config.settings;
  return new Gateway({
    upstreams,
    separator: sections.listen?.separator ?? DEFAULTS.listen.separator,
    openConversation: (hub, caller) => host.openConversation(hub, caller),
    refused: (refusal) => host.refusals.refused(refusal),
    onCollision: (what, first, second) => host.refusals.collided(what, first, second),
    onSessions: (count) => {
      metrics.sessions(count);
      metrics.approvalsWaiting(host.pending);
      metrics.auditFailing(host.trails.failing);
      host.refusals.settle();
    },
    onDefect: (error) =>
      log.write('error', 'a defect was caught', {
        error: messageOf(error),
        stack: error instanceof Error ? error.stack : undefined,
      }),
    scopeChallenge: (scopes, upstream) => identity.insufficientScope(scopes, upstream),
    clock: tools.clock,
    newHandle: () => randomBytes(24).toString('base64url'),
    clientFrameBytesMax: relay.clientFrameBytesMax,
    serverFrameBytesMax: relay.serverFrameBytesMax,
  });
}

function readiness(
  upstreams: UpstreamSet,
  host: ServeHost,
  identity: Identity,
  isClosing: boolean,
): Readiness {
  return readinessOf({
    upstreams: upstreams.all().map(({ definition, state, trouble }) => ({
      name: definition.name,
      state,
      trouble: trouble?.message ?? null,
      isEager: definition.start === 'eager',
    })),
    parts: {
      audit: host.trails.failing ? 'the audit log cannot be written' : null,
      identity: identity.trouble ?? null,
    },
    isClosing,
  });
}

function listenSettings(input: CommandInput, { settings }: LoadedConfig) {
  const { listen = {} } = settings.sections;
  return {
    host: textOption(input, 'host') ?? listen.host ?? DEFAULTS.listen.host,
    port: portOption(input) ?? listen.port ?? DEFAULTS.listen.port,
    allowedHosts: listen.allowed_hosts ?? [],
    allowedOrigins: listen.allowed_origins ?? [],
    legacySse: listen.legacy_sse ?? DEFAULTS.listen.legacy_sse,
    metricsFor: listen.metrics ?? DEFAULTS.listen.metrics,
  };
}
