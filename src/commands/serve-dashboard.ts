import type { AuditRecord } from '../audit/record.js';
import { entriesOf } from '../audit/line-cutter.js';
import type { LoadedConfig } from '../config/load.js';
import { Dashboard } from '../dashboard/dashboard.js';
import type { DashboardSource, SeenServer } from '../dashboard/source.js';
import type { Gateway } from '../gateway/gateway.js';
import type { UpstreamSet } from '../gateway/upstreams/upstream-set.js';
import { listedTools } from '../mcp/listed-tools.js';
import { createApproverSet } from '../approvals/signing/approver-set.js';
import { DASHBOARD_FEED_ENTRIES_MAX, DASHBOARD_FEED_FLUSH_MS } from '../platform/bounds.js';
import type { Diagnostics } from '../platform/diagnostics.js';
import { GuardError } from '../platform/errors.js';
import type { Tools } from './command.js';
import { dashboardAssets, dashboardSettings } from './dashboard-settings.js';
import { approvalsOf, stoppedServers } from './dashboard-source.js';
import { openLedger } from './open-ledger.js';
import type { ServeHost } from './serve-host.js';
import type { ServeTrails } from './serve-trails.js';

export interface ServeDashboardInput {
  readonly tools: Tools;
  readonly config: LoadedConfig;
  readonly host: ServeHost;
  readonly gateway: Gateway;
  readonly upstreams: UpstreamSet;
  readonly diagnostics: Diagnostics;
  readonly onDefect: (error: unknown) => void;
}

/**
 * The dashboard of a gateway, on an address of its own. Throws GuardError `config-invalid` where nobody
 * could log in and others can connect; undefined where nobody could and nobody else can.
 */
export function serveDashboard(input: ServeDashboardInput): Dashboard {
  const { tools, config, onDefect } = input;
  const { host, port, publicUrl, secret } = dashboardSettings(config.settings.sections);
  return new Dashboard({
    host,
    port,
    publicUrl,
    secret,
    assets: dashboardAssets(),
    source: sourceOf(input),
    clock: tools.clock,
    onDefect,
  });
}

function sourceOf({
  tools,
  config,
  host,
  gateway,
  upstreams,
  diagnostics,
}: ServeDashboardInput): DashboardSource {
  const { trails, policy } = host;
  return {
    ...approvalsOf(tools),
    scope: 'serve',
    approvers: createApproverSet(config.settings.approval.approvers).fingerprint,
    notes: () => (trails.file === null ? ['records go to no file: nothing can be searched here'] : []),
    auditFile: trails.file,
    follow: (listener, signal) => follow(trails, listener, signal),
    ledger: openLedger(tools, (text) => diagnostics.repeated('ledger', text)),
    policy: () => policy.current(),
    budgets: () => policy.budgets(),
    servers: () => serversOf(gateway, upstreams, tools),
    record: (event, detail) => {
      trails.front.event({ event, detail });
      if (!trails.front.commit()) {
        throw new GuardError('audit-unwritable', 'the audit log cannot be written');
      }
    },
  };
}

/** Records as this process writes them; what a page cannot show anyway is not read. */
function follow(
  trails: ServeTrails,
  listener: Parameters<DashboardSource['follow']>[0],
  signal: AbortSignal,
): void {
  // A call is two records, and one line of a page.
  trails.tap.keep(DASHBOARD_FEED_ENTRIES_MAX);
  const timer = setInterval(() => {
    const { lines, skipped } = trails.tap.take();
    if (lines.length > 0 || skipped > 0) listener(lines.flatMap(recordOf), skipped);
  }, DASHBOARD_FEED_FLUSH_MS / 2).unref();
  signal.addEventListener('abort', () => {
    clearInterval(timer);
    trails.tap.keep(0);
  });
}

function recordOf(line: string): AuditRecord[] {
  return entriesOf(line.trimEnd(), { line: undefined, offset: 0 }).flatMap((entry) =>
    entry.kind === 'record' ? [entry.record] : [],
  );
}

function serversOf(gateway: Gateway, upstreams: UpstreamSet, tools: Tools): SeenServer[] {
  const isStopped = stoppedServers(tools);
  return gateway.hubs.map(({ name, upstream, catalog }) => {
    const { definition, trouble } = upstream;
    const listed = listedTools(catalog);
    return {
      name,
      kind: definition.transport.kind === 'stdio' ? 'stdio' : 'http',
      state: upstreams.get(name)?.state ?? 'stopped',
      trouble: trouble?.message ?? null,
      tools: listed.length === 0 ? null : listed,
      more: 0,
      seen: null,
      since: null,
      pid: null,
      stopped: isStopped(name),
    };
  });
}
