import { SPANS_OPEN_MAX } from '../../platform/bounds.js';
import type { Clock } from '../../platform/clock.js';
import type { Mask } from '../redaction/mask.js';
import { maskedValue } from '../redaction/mask.js';
import type { AuditTrail } from '../trail.js';
import { type EndedCall, type OtlpSpan, spanOf } from './span.js';

/** Where spans go and what they say of all calls of a trail. */
export interface Tracing extends Pick<EndedCall, 'server' | 'session' | 'agent' | 'transport'> {
  readonly add: (span: OtlpSpan) => void;
  readonly clock: Clock;
  /** Hides known secrets; a span leaves this machine. */
  readonly mask: Mask;
  /** Takes what looks like a secret out of the name of a resource. */
  readonly redactText: (text: string) => string;
}

/**
 * The trail, with a span for each request of the client that ends. What it is held up by is a look into a
 * map; of more than SPANS_OPEN_MAX requests that never end, the oldest get no span.
 */
export function tracedTrail(trail: AuditTrail, tracing: Tracing): AuditTrail {
  const open = new Map<string, Pick<EndedCall, 'decision' | 'startMs' | 'decidedMs'>>();
  let names: { client: string | null; era: string | null } = { client: null, era: null };
  return {
    ...trail,
    identify(known) {
      names = { ...names, ...known };
      trail.identify(known);
    },
    decision(fields) {
      trail.decision(fields);
      if (fields.direction !== 'client-to-server') return;
      // One that was held is decided on twice; it began with the first.
      const decidedMs = tracing.clock.wallMs();
      const startMs = open.get(fields.request_id)?.startMs ?? decidedMs;
      const { arguments: _content, ...decision } = fields;
      open.set(fields.request_id, { decision, startMs, decidedMs });
      const [oldest] = open.size > SPANS_OPEN_MAX ? open.keys() : [];
      if (oldest !== undefined) open.delete(oldest);
    },
    outcome(fields) {
      trail.outcome(fields);
      const begun = open.get(fields.request_id);
      if (begun === undefined) return;
      open.delete(fields.request_id);
      const { target } = begun.decision;
      const decision = { ...begun.decision, target: target === null ? null : tracing.redactText(target) };
      const { server, session, agent, transport } = tracing;
      const { response: _content, ...outcome } = fields;
      const span = spanOf({ ...names, server, session, agent, transport, ...begun, decision, outcome });
      if (span !== undefined) tracing.add({ ...maskedValue(span, tracing.mask), ...idsOf(span) });
    },
  };
}

/** Ids are made here or checked; a secret of hex digits must not cut them. */
function idsOf({ traceId, spanId, parentSpanId }: OtlpSpan): Partial<OtlpSpan> {
  return { traceId, spanId, ...(parentSpanId === undefined ? {} : { parentSpanId }) };
}
