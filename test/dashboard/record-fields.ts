import { createRecordEncoder, type DecisionFields, type OutcomeFields } from '../../src/audit/encode.js';
import { readRecord } from '../../src/audit/record-fields.js';
import { recordLine } from '../audit/record-line.js';
import type { AuditRecord } from '../../src/audit/record.js';

/** A decision on the call of `tool-N`. */
export function decisionFields(index: number, denied = false): DecisionFields {
  return {
    request_id: `request-${index}`,
    rpc_id: index,
    direction: 'client-to-server',
    method: 'tools/call',
    tool: `tool-${index}`,
    target: null,
    arg_hash: null,
    arg_size: 2,
    decision: denied ? 'deny' : 'allow',
    enforced: true,
    rule: denied ? 'no-rm' : null,
    layer: 'user',
    reason: denied ? '=HYPERLINK("http://evil.example.com")' : null,
    approval: null,
    limits: null,
  };
}

/** How it ended. */
export function outcomeFields(index: number, denied = false): OutcomeFields {
  return {
    request_id: `request-${index}`,
    method: 'tools/call',
    tool: `tool-${index}`,
    result: denied ? 'denied' : 'ok',
    latency_ms: 5 + index,
    response_size: 10,
  };
}

/** Decision and outcome of so many calls, one after the other. */
export function auditRecords(count: number): AuditRecord[] {
  const constants = { writer: 'w1', upstream: 'files', session: 's1', agent: 'ana', client: null, era: null };
  const encoder = createRecordEncoder(constants);
  const at = '2026-11-22T08:00:00.000Z';
  return Array.from({ length: count }).flatMap((_none, index) =>
    [encoder.decision(at, decisionFields(index)), encoder.outcome(at, outcomeFields(index))].map(
      (parts, second) => {
        const read = readRecord(recordLine(parts, 2 * index + second + 1).trimEnd());
        if (!('record' in read)) throw new Error('no record');
        return read.record;
      },
    ),
  );
}
