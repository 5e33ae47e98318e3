import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { METRIC_TOOLS_MAX } from '../../platform/bounds.js';
import type { GatewayMetrics, MeteredNow, MetricsPage } from './gateway-metrics.js';
import { registerProcessMetrics } from './process-metrics.js';
import { runCounter, type CountOne } from './run-counter.js';

export interface PrometheusOptions {
  readonly version: string;
  /** Looked up when the page is asked for. */
  readonly now: () => MeteredNow;
}

/** From a millisecond, which is what guard itself may take, to the minutes that a person may take. */
const BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** Metrics in Prometheus' text format, in a registry of their own. docs/gateway.md lists them all. */
export function createPrometheusMetrics({ version, now }: PrometheusOptions): GatewayMetrics & MetricsPage {
  const registry = new Registry();
  const registers = [registry];
  const tools = new ToolLabels();
  registerProcessMetrics(registry, version);
  const calls = callMetrics(registry);
  const upstreams = upstreamMetrics(registry);
  const http = httpMetrics(registry, now);
  const approvals = new Gauge({
    name: 'guard_approvals_waiting',
    help: 'Calls that wait for a person.',
    registers,
  });
  const sessions = new Gauge({ name: 'guard_sessions', help: 'MCP sessions that are open.', registers });
  const audit = new Gauge({
    name: 'guard_audit_failing',
    help: '1 while audit records cannot be written.',
    registers,
  });
  const reloads = new Counter({
    name: 'guard_config_reloads_total',
    help: 'Times that the config was read again; a refused one left the last good one in force.',
    labelNames: ['result'],
    registers,
  });
  return {
    decided: (upstream, tool, decision) => calls.decided(upstream, tools.of(upstream, tool), decision),
    called(upstream, tool, result, seconds) {
      const label = tools.of(upstream, tool);
      calls.called(upstream, label, result);
      calls.seconds.observe({ upstream, tool: label }, seconds);
    },
    approvalsWaiting: (count) => approvals.set(count),
    sessions: (count) => sessions.set(count),
    auditFailing: (isFailing) => audit.set(isFailing ? 1 : 0),
    reloaded: (isAccepted) => reloads.inc({ result: isAccepted ? 'accepted' : 'refused' }),
    ...upstreams,
    ...http,
    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
}

interface CallMetrics {
  readonly decided: CountOne;
  readonly called: CountOne;
  readonly seconds: Histogram;
}

function callMetrics(registry: Registry): CallMetrics {
  const registers = [registry];
  return {
    decided: runCounter({
      name: 'guard_decisions_total',
      help: 'Governed requests by what was decided.',
      labelNames: ['upstream', 'tool', 'decision'],
      registers,
    }),
    called: runCounter({
      name: 'guard_calls_total',
      help: 'Governed requests by how they ended.',
      labelNames: ['upstream', 'tool', 'result'],
      registers,
    }),
    seconds: new Histogram({
      name: 'guard_call_duration_seconds',
      help: 'From the arrival of a governed request to its answer, waiting for people included.',
      labelNames: ['upstream', 'tool'],
      buckets: BUCKETS_SECONDS,
      registers,
    }),
  };
}

function upstreamMetrics(
  registry: Registry,
): Pick<GatewayMetrics, 'upstreamState' | 'upstreamRestarted' | 'upstreamRemoved'> {
  const registers = [registry];
  const last = new Map<string, string>();
  const states = new Gauge({
    name: 'guard_upstream_state',
    help: '1 for the state that the server is in.',
    labelNames: ['upstream', 'state'],
    registers,
  });
  const restarts = new Counter({
    name: 'guard_upstream_restarts_total',
    help: 'Times that a lost server was started again.',
    labelNames: ['upstream'],
    registers,
  });
  const forget = (upstream: string): void => {
    const state = last.get(upstream);
    if (state !== undefined) states.remove({ upstream, state });
    last.delete(upstream);
  };
  return {
    upstreamState(upstream, state) {
      forget(upstream);
      last.set(upstream, state);
      states.set({ upstream, state }, 1);
    },
    upstreamRestarted: (upstream) => restarts.inc({ upstream }),
    upstreamRemoved: forget,
  };
}

function httpMetrics(
  registry: Registry,
  now: () => MeteredNow,
): Pick<GatewayMetrics, 'httpRequest' | 'refused' | 'cutOff'> {
  const registers = [registry];
  const requested = runCounter({
    name: 'guard_http_requests_total',
    help: 'HTTP requests by route and status; status 0: the client left before the answer.',
    labelNames: ['route', 'status'],
    registers,
  });
  const refusals = new Counter({
    name: 'guard_http_refusals_total',
    help: 'HTTP requests that were turned away at the door.',
    labelNames: ['reason'],
    registers,
  });
  const cutOffs = new Counter({
    name: 'guard_http_cut_off_total',
    help: 'Clients that were cut off because they did not read.',
    registers,
  });
  const gauges = [
    ['guard_http_connections', 'Connections that are open.', 'connections'],
    ['guard_http_exchanges', 'Exchanges on MCP paths that are open.', 'exchanges'],
    ['guard_http_streams', 'Event streams that are open.', 'streams'],
  ] as const;
  for (const [name, help, value] of gauges) {
    const gauge: Gauge = new Gauge({ name, help, registers, collect: () => gauge.set(now()[value]) });
  }
  return {
    httpRequest: (route, status) => requested(route, String(status)),
    refused: (reason) => refusals.inc({ reason }),
    cutOff: () => cutOffs.inc(),
  };
}

/** The label for what has none, and for tools above the bound. */
const OTHER = 'other';

/** Tools that are told apart: the first METRIC_TOOLS_MAX of each server. */
class ToolLabels {
  readonly #known = new Map<string, Set<string>>();

  of(upstream: string, tool: string | null): string {
    if (tool === null) return OTHER;
    let known = this.#known.get(upstream);
    if (known === undefined) this.#known.set(upstream, (known = new Set()));
    if (known.has(tool)) return tool;
    if (known.size >= METRIC_TOOLS_MAX) return OTHER;
    known.add(tool);
    return tool;
  }
}
