import type { RecordResult } from '../audit/record.js';
import type { AuditTrail } from '../audit/trail.js';
import type { CallResult, GatewayMetrics } from '../gateway/operate/gateway-metrics.js';

/** The trail, with the calls on it counted as metrics. */
export function metered(trail: AuditTrail, upstream: string, metrics: GatewayMetrics): AuditTrail {
  return {
    ...trail,
    decision(fields) {
      if (fields.direction === 'client-to-server') metrics.decided(upstream, fields.tool, fields.decision);
      trail.decision(fields);
    },
    outcome(fields) {
      metrics.called(upstream, fields.tool, CALL_RESULTS[fields.result], fields.latency_ms / 1000);
      trail.outcome(fields);
    },
  };
}

const CALL_RESULTS: Readonly<Record<RecordResult, CallResult>> = {
  ok: 'ok',
  'tool-error': 'error',
  error: 'error',
  'input-required': 'ok',
  denied: 'denied',
  'dry-run': 'denied',
  cancelled: 'cancelled',
  'server-gone': 'failed',
  garbled: 'failed',
  timeout: 'failed',
  'client-gone': 'cancelled',
};
