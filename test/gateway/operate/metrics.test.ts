import { expect, test } from 'vitest';
import type { GatewayMetrics } from '../../../src/gateway/operate/gateway-metrics.js';
import { createPrometheusMetrics } from '../../../src/gateway/operate/prometheus-metrics.js';
import { METRIC_TOOLS_MAX } from '../../../src/platform/bounds.js';
import { verifies } from '../../requirements.js';
import { sourceFiles } from '../../support/source-files.js';

verifies('operate:metrics');

const now = { connections: 3, exchanges: 2, streams: 1 };

function everything(): ReturnType<typeof createPrometheusMetrics> {
  const metrics = createPrometheusMetrics({ version: '9.9.9', now: () => now });
  fill(metrics);
  return metrics;
}

function fill(metrics: GatewayMetrics): void {
  metrics.decided('files', 'read', 'allow');
  metrics.decided('files', 'read', 'allow');
  metrics.decided('files', null, 'deny');
  metrics.called('files', 'read', 'ok', 0.004);
  metrics.called('files', 'read', 'error', 2);
  metrics.approvalsWaiting(4);
  metrics.upstreamState('files', 'starting');
  metrics.upstreamState('files', 'ready');
  metrics.upstreamState('docs', 'broken');
  metrics.upstreamRemoved('docs');
  metrics.upstreamRestarted('files');
  metrics.sessions(5);
  metrics.httpRequest('mcp', 200);
  metrics.refused('host');
  metrics.cutOff();
  metrics.auditFailing(true);
  metrics.reloaded(false);
}

test('what was counted stands on the page', async () => {
  const page = await everything().text();
  const values = page.split('\n').filter((line) => line.startsWith('guard_') && !line.includes('_bucket'));
  expect(values.map((line) => line.replace(process.version, 'NODE'))).toEqual([
    'guard_build_info{version="9.9.9",node="NODE"} 1',
    'guard_decisions_total{upstream="files",tool="read",decision="allow"} 2',
    'guard_decisions_total{upstream="files",tool="other",decision="deny"} 1',
    'guard_calls_total{upstream="files",tool="read",result="ok"} 1',
    'guard_calls_total{upstream="files",tool="read",result="error"} 1',
    'guard_call_duration_seconds_sum{upstream="files",tool="read"} 2.004',
    'guard_call_duration_seconds_count{upstream="files",tool="read"} 2',
    'guard_upstream_state{upstream="files",state="ready"} 1',
    'guard_upstream_restarts_total{upstream="files"} 1',
    'guard_http_requests_total{route="mcp",status="200"} 1',
    'guard_http_refusals_total{reason="host"} 1',
    'guard_http_cut_off_total 1',
    'guard_http_connections 3',
    'guard_http_exchanges 2',
    'guard_http_streams 1',
    'guard_approvals_waiting 4',
    'guard_sessions 5',
    'guard_audit_failing 1',
    'guard_config_reloads_total{result="refused"} 1',
  ]);
  expect(page).toContain('guard_call_duration_seconds_bucket{le="0.005",upstream="files",tool="read"} 1');
  expect(page).toMatch(/^process_resident_memory_bytes \d+$/m);
});

test('names that clients send do not become series without end, and cannot break a line', async () => {
  const metrics = createPrometheusMetrics({ version: '1', now: () => now });
  for (let index = 0; index < METRIC_TOOLS_MAX + 50; index += 1) {
    metrics.called('files', `tool"\n${index}`, 'ok', 0.1);
    metrics.decided('files', `tool"\n${index}`, 'allow');
  }
  metrics.called('docs', 'search', 'ok', 0.1);
  const lines = (await metrics.text()).split('\n');
  expect(lines.filter((line) => line.startsWith('guard_calls_total{'))).toHaveLength(METRIC_TOOLS_MAX + 2);
  expect(lines).toContain('guard_calls_total{upstream="files",tool="other",result="ok"} 50');
  expect(lines).toContain('guard_calls_total{upstream="docs",tool="search",result="ok"} 1');
  expect(lines).toContain(String.raw`guard_calls_total{upstream="files",tool="tool\"\n0",result="ok"} 1`);
});

test('two pages share nothing', async () => {
  everything();
  const page = await createPrometheusMetrics({ version: '1', now: () => now }).text();
  expect(page).not.toContain('guard_sessions 5');
});

test('the docs list every metric with its labels, and no other', async () => {
  const page = await everything().text();
  const names = [...page.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name);
  const [docs] = sourceFiles('docs', ['gateway.md']);
  const documented = [...(docs?.text ?? '').matchAll(/^\| `((?:guard|process|nodejs)_[a-z_]+)`/gm)].map(
    ([, name]) => name,
  );
  expect(documented.toSorted()).toEqual(names.toSorted());
});
