import { expect, onTestFinished, test } from 'vitest';
import { SpanExporter } from '../../../src/audit/otlp/span-exporter.js';
import type { OtlpSpan } from '../../../src/audit/otlp/span.js';
import { SPAN_BATCH_MAX, SPAN_QUEUE_MAX } from '../../../src/platform/bounds.js';
import { createDiagnostics } from '../../../src/platform/diagnostics.js';
import { startCollector } from '../../support/collector.js';
import { eventually } from '../../support/eventually.js';
import { verifies } from '../../requirements.js';

verifies('tracing:away');

function span(index: number): OtlpSpan {
  const id = index.toString(16).padStart(16, '0');
  const time = `17${'0'.repeat(17)}`;
  return {
    traceId: `${'1'.repeat(16)}${id}`,
    spanId: id,
    name: `call ${index}`,
    kind: 2,
    startTimeUnixNano: time,
    endTimeUnixNano: time,
    attributes: [],
    status: {},
  };
}

async function exporterTo(everyMs: number) {
  const collector = await startCollector();
  onTestFinished(() => collector.close());
  const notes: string[] = [];
  const diagnostics = createDiagnostics((line) => notes.push(line));
  const url = `${collector.url}/v1/traces`;
  return {
    collector,
    notes,
    exporter: new SpanExporter({ url, headers: {}, version: '1', diagnostics, everyMs }),
  };
}

test('many spans leave in batches, in order, and none twice', async () => {
  const { collector, exporter, notes } = await exporterTo(1);
  const count = 3 * SPAN_BATCH_MAX;
  for (let index = 0; index < count; index += 1) exporter.add(span(index));
  await exporter.close();
  expect(collector.spans.map(({ name }) => name)).toEqual(
    Array.from({ length: count }, (_none, index) => `call ${index}`),
  );
  expect(collector.bodies.length).toBeGreaterThanOrEqual(3);
  expect(notes).toEqual([]);
});

test('what does not fit while nobody takes them is dropped and counted', async () => {
  const { collector, exporter, notes } = await exporterTo(60_000);
  collector.answers(500);
  for (let index = 0; index < SPAN_QUEUE_MAX + 10; index += 1) exporter.add(span(index));
  expect(exporter.dropped).toBeGreaterThanOrEqual(10);
  await exporter.close();
  expect(collector.spans).toEqual([]);
  expect(notes.join('')).toContain(`${SPAN_QUEUE_MAX + 10} spans were not delivered`);
});

test('after a passing failure the same spans are sent again', async () => {
  const { collector, exporter, notes } = await exporterTo(5);
  collector.answers(503);
  exporter.add(span(1));
  await eventually('a refused request', () => collector.bodies.length > 0);
  collector.answers(200);
  await eventually('the span', () => collector.spans.length > 0);
  await exporter.close();
  expect(collector.spans.map(({ name }) => name)).toEqual(['call 1']);
  expect(notes.join('')).toContain('the collector of spans: it answered HTTP 503');
});
