import { argumentsDigest } from '../../src/audit/digest.js';
import type { DecisionFields } from '../../src/audit/encode.js';
import type { RecordResult } from '../../src/audit/record.js';
import { createRedaction } from '../../src/audit/redaction/redact.js';
import type { JsonValue } from '../../src/platform/json.js';
import { counting, decisionFields, lineEncoder } from '../audit/lines.js';

/** A call as a test's log has it; what is left out is an allowed tool call that ended well. */
export interface LoggedCall extends Partial<Omit<DecisionFields, 'arguments' | 'arg_hash' | 'arg_size'>> {
  /** Seconds since the start of the log. */
  readonly at?: number;
  readonly server?: string;
  readonly agent?: string | null;
  readonly session?: string | null;
  readonly args?: JsonValue;
  /** Whether the arguments are logged. */
  readonly logged?: boolean;
  /** Null for a call without an outcome. */
  readonly result?: RecordResult | null;
  /** Seconds from the call to its outcome. */
  readonly takes?: number;
}

const LOG_START_MS = Date.UTC(2026, 10, 1);

/** The time of a record, so many seconds after the start. */
export function timeAt(seconds: number): string {
  return new Date(LOG_START_MS + seconds * 1000).toISOString();
}

/** A log as guard writes it, redacted, with each call's outcome where it ended. */
export function logOf(calls: readonly LoggedCall[]): string {
  const redact = createRedaction();
  const next = counting();
  // Numbered in the order of the log, so encoded once that is known.
  const lines: { readonly at: number; readonly line: () => string }[] = [];
  for (const [index, call] of calls.entries()) {
    const {
      at = index,
      server = 'files',
      agent = 'claude',
      session = 's1',
      args,
      logged = true,
      result = 'ok',
      takes = 0.001,
      ...fields
    } = call;
    const constants = { writer: 'w1', upstream: server, session, agent, client: 'client', era: null };
    const encoder = lineEncoder(constants, next);
    const bytes = args === undefined ? undefined : Buffer.from(JSON.stringify(args));
    const decision = decisionFields(`r${index}`, {
      rpc_id: index,
      arg_hash: bytes === undefined ? null : argumentsDigest(bytes),
      arg_size: bytes?.length ?? 0,
      rule: 'default',
      reason: 'default',
      ...fields,
      ...(args === undefined || !logged ? {} : { arguments: redact(args) }),
    });
    lines.push({ at, line: () => encoder.decision(timeAt(at), decision) });
    if (result === null) continue;
    const end = at + takes;
    const { request_id, method, tool } = decision;
    const outcome = { request_id, method, tool, result, latency_ms: 1, response_size: 1 };
    lines.push({ at: end, line: () => encoder.outcome(timeAt(end), outcome) });
  }
  return lines
    .toSorted((one, other) => one.at - other.at)
    .map(({ line }) => line())
    .join('');
}
