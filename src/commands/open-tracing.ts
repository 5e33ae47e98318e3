import { SpanExporter } from '../audit/otlp/span-exporter.js';
import { tracedTrail } from '../audit/otlp/traced-trail.js';
import type { AuditTrail } from '../audit/trail.js';
import type { LoadedConfig } from '../config/load.js';
import type { Parties } from '../conversation/conversation.js';
import type { Clock } from '../platform/clock.js';
import type { Diagnostics } from '../platform/diagnostics.js';
import { VERSION } from '../platform/version.js';
import type { SecretsInForce } from './secrets-in-force.js';

/** Spans of the calls of this process. */
export interface OpenTracing {
  /** The trail of a conversation between these parties, with a span for each request. */
  traced(trail: AuditTrail, parties: Pick<Parties, 'server' | 'session' | 'agent'>): AuditTrail;
  /** Sends what is left, within SPAN_FLUSH_MS. */
  close(): Promise<void>;
}

export interface TracingInput {
  readonly config: LoadedConfig;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  readonly secrets: SecretsInForce;
  readonly transport: 'pipe' | 'tcp';
}

/** Loaded only where the config names a collector; it counts from the start, not with a reload. */
export function openTracing({ config, clock, diagnostics, secrets, transport }: TracingInput): OpenTracing {
  const otlp = config.settings.sections.tracing?.otlp;
  if (otlp === undefined) return { traced: (trail) => trail, close: () => Promise.resolve() };
  const exporter = new SpanExporter({
    url: tracesUrl(otlp.endpoint),
    headers: otlp.headers ?? {},
    version: VERSION,
    diagnostics,
  });
  const redact = secrets.redaction(config);
  const redactText = (text: string): string => {
    const shown = redact(text);
    return typeof shown === 'string' ? shown : text;
  };
  return {
    traced: (trail, { server, session = null, agent = null }) =>
      tracedTrail(trail, {
        server,
        session,
        agent,
        transport,
        clock,
        mask: secrets.mask,
        redactText,
        add: (span) => exporter.add(span),
      }),
    close: () => exporter.close(),
  };
}

/** OTLP/HTTP: spans go to `/v1/traces` below the base address. */
function tracesUrl(endpoint: string): string {
  const url = new URL(endpoint);
  if (!url.pathname.endsWith('/v1/traces')) url.pathname = `${url.pathname.replace(/\/$/, '')}/v1/traces`;
  return url.href;
}
