import { randomBytes } from 'node:crypto';
import { readTraceparent } from '../../platform/trace-context.js';
import type { DecisionFields, OutcomeFields } from '../encode.js';
import type { RecordResult } from '../record.js';
import type { KeyValue } from './any-value.js';

/** A span as OTLP's JSON has it: ids are hex, times are nanoseconds as text. */
export interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly KeyValue[];
  readonly status: { readonly code?: number; readonly message?: string };
}

/** What is known of a call when it ends. */
export interface EndedCall {
  readonly decision: DecisionFields;
  readonly outcome: OutcomeFields;
  /** Wall-clock milliseconds of its decision. */
  readonly startMs: number;
  /** Of the decision after which it was passed on; later where a person was asked. */
  readonly decidedMs: number;
  readonly server: string;
  readonly session: string | null;
  readonly agent: string | null;
  readonly client: string | null;
  readonly era: string | null;
  /** `pipe` at the stdio door, `tcp` at the HTTP door. */
  readonly transport: 'pipe' | 'tcp';
}

/** SPAN_KIND_SERVER: guard takes the request in; what it passes on carries the client's context, untouched. */
const KIND_SERVER = 2;
const STATUS_ERROR = 2;

/**
 * The span of one call, by OpenTelemetry's semantic conventions for MCP (status: development) and
 * attributes of guard's own. Undefined where the client's context says that it is not sampled.
 */
export function spanOf(call: EndedCall): OtlpSpan | undefined {
  const { decision, outcome, startMs, decidedMs } = call;
  const parent = readTraceparent(decision.traceparent);
  if (parent?.sampled === false) return undefined;
  const error = errorTypeOf(outcome);
  const target = decision.tool ?? (decision.method === 'prompts/get' ? decision.target : null);
  return {
    traceId: parent?.traceId ?? randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    ...(parent === undefined ? {} : { parentSpanId: parent.spanId }),
    name: target === null ? decision.method : `${decision.method} ${target}`,
    kind: KIND_SERVER,
    startTimeUnixNano: nanoseconds(startMs),
    endTimeUnixNano: nanoseconds(Math.max(startMs, decidedMs + outcome.latency_ms)),
    attributes: attributesOf(call, error),
    status: error === undefined ? {} : { code: STATUS_ERROR, message: error },
  };
}

function attributesOf(call: EndedCall, error: string | undefined): KeyValue[] {
  const { decision, outcome } = call;
  const { method, tool, target } = decision;
  return [
    text('mcp.method.name', method),
    text('gen_ai.operation.name', method === 'tools/call' ? 'execute_tool' : null),
    text('gen_ai.tool.name', tool),
    text('gen_ai.prompt.name', method === 'prompts/get' ? target : null),
    text('mcp.resource.uri', method.startsWith('resources/') ? target : null),
    text('mcp.protocol.version', call.era),
    text('jsonrpc.request.id', decision.rpc_id === null ? null : String(decision.rpc_id)),
    text('network.transport', call.transport),
    text('error.type', error ?? null),
    text('rpc.response.status_code', outcome.error_code === undefined ? null : String(outcome.error_code)),
    text('guard.server', call.server),
    text('guard.agent', call.agent),
    text('guard.client', call.client),
    text('guard.session', call.session),
    text('guard.request_id', decision.request_id),
    text('guard.decision', decision.decision),
    text('guard.rule', decision.rule),
    text('guard.reason', decision.reason),
    text('guard.result', outcome.result),
    { key: 'guard.enforced', value: { boolValue: decision.enforced } },
  ].filter((attribute) => attribute !== undefined);
}

function text(key: string, value: string | null): KeyValue | undefined {
  return value === null ? undefined : { key, value: { stringValue: value } };
}

/** Results that are no failure. */
const FINE: ReadonlySet<RecordResult> = new Set(['ok', 'input-required', 'dry-run', 'cancelled']);

/** `error.type`: the JSON-RPC code, `tool_error` for a result that says `isError`, else guard's word. */
function errorTypeOf({ result, error_code: code }: OutcomeFields): string | undefined {
  if (code !== undefined) return String(code);
  if (result === 'tool-error') return 'tool_error';
  return FINE.has(result) ? undefined : result;
}

function nanoseconds(milliseconds: number): string {
  return String(BigInt(Math.round(milliseconds * 1000)) * 1000n);
}
