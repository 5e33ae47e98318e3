import type { JsonObject, JsonValue } from '../../platform/json.js';
import { readTraceparent } from '../../platform/trace-context.js';
import { anyValue, type KeyValue } from './any-value.js';

/**
 * Log records of OpenTelemetry in the JSON encoding of OTLP: camelCase members, 64-bit integers as
 * text, enums as numbers (opentelemetry.io/docs/specs/otlp, "JSON Protobuf Encoding").
 */
export interface LogRecord {
  readonly timeUnixNano: string;
  readonly observedTimeUnixNano: string;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly eventName: string;
  readonly body: { readonly stringValue: string };
  readonly attributes: readonly KeyValue[];
  /** The span of the client that the request came with; absent without one. */
  readonly traceId?: string;
  readonly spanId?: string;
}

/** Severities of the logs data model: INFO, WARN, ERROR. */
const SEVERITIES = { INFO: 9, WARN: 13, ERROR: 17 } as const;
type Severity = keyof typeof SEVERITIES;

/** The log record of a joined call or another record. Every member but the time is an attribute `guard.…`. */
export function logRecordOf(values: JsonObject): LogRecord {
  const time = nanoseconds(values['ts']);
  const severity = severityOf(values);
  const { traceparent } = values;
  const trace = typeof traceparent === 'string' ? readTraceparent(traceparent) : undefined;
  return {
    timeUnixNano: time,
    observedTimeUnixNano: time,
    severityNumber: SEVERITIES[severity],
    severityText: severity,
    eventName: `guard.${textOf(values['type'])}`,
    body: { stringValue: bodyOf(values) },
    attributes: Object.entries(values).flatMap(([name, value]) =>
      value === null || NOT_ATTRIBUTES.has(name) ? [] : [{ key: `guard.${name}`, value: anyValue(value) }],
    ),
    ...(trace === undefined ? {} : { traceId: trace.traceId, spanId: trace.spanId }),
  };
}

/** Several log records as the body of a request, a line of JSON without a line feed. */
export function otlpRequest(records: readonly string[], version: string): string {
  const resource = JSON.stringify({
    attributes: [
      { key: 'service.name', value: { stringValue: 'guard' } },
      { key: 'service.version', value: { stringValue: version } },
    ],
  });
  const scope = JSON.stringify({ name: 'guard.audit', version });
  return `{"resourceLogs":[{"resource":${resource},"scopeLogs":[{"scope":${scope},"logRecords":[${records.join(',')}]}]}]}`;
}

const NOT_ATTRIBUTES: ReadonlySet<string> = new Set(['ts', 'v', 'type']);

/** 0 says that the time is not known. */
function nanoseconds(ts: JsonValue | undefined): string {
  const ms = typeof ts === 'string' ? Date.parse(ts) : Number.NaN;
  return ms > 0 ? `${ms}000000` : '0';
}

function severityOf(values: JsonObject): Severity {
  const { decision, result, type } = values;
  if (type === 'refusal' || decision === 'deny' || decision === 'limit' || result === 'tool-error')
    return 'WARN';
  return typeof result === 'string' && FAILURES.has(result) ? 'ERROR' : 'INFO';
}

const FAILURES: ReadonlySet<string> = new Set(['error', 'server-gone', 'garbled', 'timeout']);

function bodyOf(values: JsonObject): string {
  const words =
    values['type'] === 'call'
      ? [values['decision'] ?? 'call', values['tool'] ?? values['method'], values['result']]
      : [values['type'], values['event'] ?? values['reason'] ?? values['command']];
  return words.filter((word) => typeof word === 'string').join(' ');
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : 'record';
}
