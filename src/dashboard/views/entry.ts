import { joinedCall } from '../../audit/joined-call.js';
import type { Call } from '../../audit/call-scan.js';
import { isJsonObject, type JsonObject, type JsonValue, member } from '../../platform/json.js';
import type { AuditEntry } from '../contract/audit.js';

/** A record, or a call as joined-call.ts joins it, as one line of a page. */
export function entryOf(record: JsonObject): AuditEntry {
  const type = member(record, 'type');
  const isCall = type === 'call' || type === 'decision' || type === 'outcome';
  const at = textOf(record, 'ts') ?? '';
  return {
    id: entryId(textOf(record, 'writer') ?? '', numberOf(record, 'seq') ?? 0, at),
    type: isCall ? 'call' : type === 'refusal' || type === 'session' ? type : 'event',
    at,
    server: textOf(record, 'upstream') ?? '',
    agent: textOf(record, 'agent'),
    session: textOf(record, 'session'),
    method: textOf(record, 'method'),
    tool: textOf(record, 'tool'),
    target: textOf(record, 'target'),
    decision: textOf(record, 'decision'),
    enforced: member(record, 'enforced') === undefined ? null : member(record, 'enforced') === true,
    layer: textOf(record, 'layer'),
    rule: textOf(record, 'rule'),
    reason: textOf(record, type === 'event' ? 'event' : 'reason'),
    arg_size: numberOf(record, 'arg_size'),
    result: textOf(record, 'result'),
    latency_ms: numberOf(record, 'latency_ms'),
    approval_id: approvalId(member(record, 'approval')),
  };
}

/** A call of the log as one line of a page. */
export function entryOfCall(call: Call<string>): AuditEntry {
  return entryOf(joinedCall(call));
}

/** Names a record: its writer, its place in the writer's sequence, and its time to find it by. */
function entryId(writer: string, seq: number, ts: string): string {
  const atMs = Date.parse(ts);
  return `${writer}~${seq}~${Number.isNaN(atMs) ? '' : atMs.toString(36)}`;
}

/** The parts of an id; undefined for a text that is none. */
export function readEntryId(
  id: string,
): { readonly writer: string; readonly seq: number; readonly atMs: number | undefined } | undefined {
  const parts = /^([A-Za-z0-9._-]{1,100})~(\d{1,15})~([0-9a-z]{0,12})$/.exec(id);
  if (parts === null) return undefined;
  const atMs = Number.parseInt(parts[3] ?? '', 36);
  return {
    writer: parts[1] ?? '',
    seq: Number(parts[2]),
    atMs: Number.isNaN(atMs) ? undefined : atMs,
  };
}

function textOf(record: JsonObject, name: string): string | null {
  const value = member(record, name);
  return typeof value === 'string' ? value : null;
}

function numberOf(record: JsonObject, name: string): number | null {
  const value = member(record, name);
  return typeof value === 'number' ? value : null;
}

function approvalId(approval: JsonValue | undefined): string | null {
  if (!isJsonObject(approval)) return null;
  return textOf(approval, 'id');
}
