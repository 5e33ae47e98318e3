import type { Call } from '../../audit/call-scan.js';
import type { Row, Seen } from '../../audit/join.js';
import type { AuditRecord, DecisionRecord, OutcomeRecord } from '../../audit/record.js';

/** The row of a call whose parts are the lines of records. */
export function rowOf(call: Call<string>): Row {
  switch (call.kind) {
    case 'call':
      return { kind: 'call', decision: seen<DecisionRecord>(call.decision), outcome: seen(call.outcome) };
    case 'unanswered':
      return { kind: 'unanswered', decision: seen(call.decision) };
    case 'outcome':
      return { kind: 'outcome', outcome: seen<OutcomeRecord>(call.outcome) };
    case 'other':
      break;
  }
  return { kind: 'other', record: seen(call.record) };
}

/** The lines of a call, the decision first. */
export function linesOfCall(call: Call<string>): readonly string[] {
  switch (call.kind) {
    case 'call':
      return [call.decision, call.outcome];
    case 'unanswered':
      return [call.decision];
    case 'outcome':
      return [call.outcome];
    case 'other':
      break;
  }
  return [call.record];
}

/** The scan took the line for a record of this type. */
function seen<R extends AuditRecord>(text: string): Seen<R> {
  return { record: JSON.parse(text) as R, found: true, text };
}
