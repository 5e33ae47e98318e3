import type { AuditTrail } from '../audit/trail.js';
import type { OpenTracing, TracingInput } from './open-tracing.js';
import { openTrail, type TrailInput } from './wrap-trail.js';

/** Spans where the config asks for them. Nothing of it is loaded where it does not, as is the default. */
export async function sessionTracing(input: TracingInput): Promise<OpenTracing | undefined> {
  if (input.config.settings.sections.tracing?.otlp === undefined) return undefined;
  const { openTracing } = await import('./open-tracing.js');
  return openTracing(input);
}

/** The trail of the stdio door, with spans where the config asks for them, and what hands over the last of these and of its heads. */
export async function openTracedTrail(
  input: TrailInput,
): Promise<{ readonly trail: AuditTrail; readonly close: () => Promise<void> }> {
  const { config, diagnostics, secrets, target, tools } = input;
  const { trail, anchors } = openTrail(input);
  const { clock } = tools;
  const tracing = await sessionTracing({ config, clock, diagnostics, secrets, transport: 'pipe' });
  if (tracing === undefined) return { trail, close: () => anchors.close() };
  return {
    trail: tracing.traced(trail, target.parties),
    async close() {
      await Promise.all([anchors.close(), tracing.close()]);
    },
  };
}
