import type { DecisionFields, OutcomeFields } from '../../src/audit/encode.js';
import { readRecord } from '../../src/audit/record-fields.js';
import type { AuditRecord } from '../../src/audit/record.js';
import { decisionFields as allowedFields, encoderOf, outcomeFields as endedFields } from '../audit/lines.js';

/** A decision on the call of `tool-N`. */
export function decisionFields(index: number, denied = false): DecisionFields {
  return allowedFields(`request-${index}`, {
    rpc_id: index,
    tool: `tool-${index}`,
    arg_size: 2,
    decision: denied ? 'deny' : 'allow',
    rule: denied ? 'no-rm' : null,
    reason: denied ? '=HYPERLINK("http://evil.example.com")' : null,
  });
}

/** How it ended. */
export function outcomeFields(index: number, denied = false): OutcomeFields {
  return endedFields(`request-${index}`, {
    tool: `tool-${index}`,
    result: denied ? 'denied' : 'ok',
    latency_ms: 5 + index,
  });
}

/** Decision and outcome of so many calls, one after the other. */
export function auditRecords(count: number): AuditRecord[] {
  const encoder = encoderOf('w1', { agent: 'ana' });
  const at = '2026-11-22T08:00:00.000Z';
  return Array.from({ length: count }).flatMap((_none, index) =>
    [encoder.decision(at, decisionFields(index)), encoder.outcome(at, outcomeFields(index))].map((line) => {
      const read = readRecord(line.trimEnd());
      if (!('record' in read)) throw new Error('no record');
      return read.record;
    }),
  );
}
