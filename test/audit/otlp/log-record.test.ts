import { expect, test } from 'vitest';
import { logRecordOf } from '../../../src/audit/otlp/log-record.js';
import { verifies } from '../../requirements.js';

verifies('audit:export:otlp');

const CALL = { v: 1, type: 'call', ts: '2026-11-22T08:00:00.000Z', decision: 'allow', tool: 'read_file' };
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

test('a log record names the trace and the span that its request came with', () => {
  expect(logRecordOf({ ...CALL, traceparent: `00-${TRACE}-${SPAN}-01` })).toMatchObject({
    traceId: TRACE,
    spanId: SPAN,
  });
});

test.each([undefined, 7, `00-${'0'.repeat(32)}-${SPAN}-01`, 'garbage'])(
  'with %j it names none',
  (traceparent) => {
    const record = logRecordOf(traceparent === undefined ? CALL : { ...CALL, traceparent });
    expect(record).not.toHaveProperty('traceId');
    expect(record).not.toHaveProperty('spanId');
  },
);

test('values are written as OTLP writes them', () => {
  const values = { ...CALL, count: 7, latency_ms: 1.5, enforced: true, limits: { a: [1] }, rule: null };
  const { attributes } = logRecordOf(values);
  expect(attributes.filter(({ key }) => !['guard.decision', 'guard.tool'].includes(key))).toEqual([
    { key: 'guard.count', value: { intValue: '7' } },
    { key: 'guard.latency_ms', value: { doubleValue: 1.5 } },
    { key: 'guard.enforced', value: { boolValue: true } },
    { key: 'guard.limits', value: { stringValue: '{"a":[1]}' } },
  ]);
});
