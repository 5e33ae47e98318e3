import {
  createRecordEncoder,
  type DecisionFields,
  type OutcomeFields,
  type RecordEncoder,
  type RecordConstants,
  type RecordParts,
} from '../../src/audit/encode.js';
import { type Seen, type SeenRecord } from '../../src/audit/join.js';
import type { DecisionRecord, OutcomeRecord } from '../../src/audit/record.js';

export const TS = '2026-01-02T03:04:05.678Z';

/** An encoder whose records are whole lines, numbered from 1 and without a chain. */
export type LineEncoder = {
  readonly [Type in keyof RecordEncoder]: (...given: Parameters<RecordEncoder[Type]>) => string;
};

/** An encoder of a writer, as tests need them: everything has a value that can be told. */
export function encoderOf(
  writer = 'w1',
  more: { upstream?: string; agent?: string | null } = {},
): LineEncoder {
  const constants = {
    writer,
    upstream: 'files',
    session: 's1',
    agent: 'claude',
    client: null,
    era: null,
    ...more,
  };
  return lineEncoder(constants);
}

/** Numbers from 1. */
export function counting(): () => number {
  let count = 0;
  return () => (count += 1);
}

/** As `encoderOf`, of a session with these constants; encoders that share `next` number one log together. */
export function lineEncoder(constants: RecordConstants, next = counting()): LineEncoder {
  const encoder = createRecordEncoder(constants);
  const line = ({ head, rest }: RecordParts): string => `${head}${next()},"prev":null${rest}\n`;
  return {
    session: (ts, fields) => line(encoder.session(ts, fields)),
    decision: (ts, fields) => line(encoder.decision(ts, fields)),
    outcome: (ts, fields) => line(encoder.outcome(ts, fields)),
    refusal: (ts, fields) => line(encoder.refusal(ts, fields)),
    event: (ts, fields) => line(encoder.event(ts, fields)),
    checkpoint: (ts, fields) => {
      const { head, rest } = encoder.checkpoint(ts, fields);
      return line({ head, rest: `${rest},"signature":"00"}` });
    },
  };
}

/** The fields of an allowed call. */
export function decisionFields(id: string, more: Partial<DecisionFields> = {}): DecisionFields {
  return {
    request_id: id,
    rpc_id: 1,
    direction: 'client-to-server',
    method: 'tools/call',
    tool: 'read_file',
    target: null,
    arg_hash: null,
    arg_size: 312,
    decision: 'allow',
    enforced: true,
    rule: 'reads',
    layer: 'user',
    reason: 'rule',
    approval: null,
    limits: null,
    ...more,
  };
}

/** The fields of its answer. */
export function outcomeFields(id: string, more: Partial<OutcomeFields> = {}): OutcomeFields {
  return {
    request_id: id,
    method: 'tools/call',
    tool: 'read_file',
    result: 'ok',
    latency_ms: 1.25,
    response_size: 10,
    ...more,
  };
}

export function decisionLine(id: string, more: Partial<DecisionFields> & { ts?: string } = {}): string {
  const { ts = TS, ...fields } = more;
  return encoderOf().decision(ts, decisionFields(id, fields));
}

export function outcomeLine(id: string, more: Partial<OutcomeFields> = {}): string {
  return encoderOf().outcome(TS, outcomeFields(id, more));
}

/** A line as a view sees it. */
export function seen(line: string, found = true): SeenRecord {
  return { record: JSON.parse(line) as never, found, text: line };
}

export function seenDecision(id: string, more: Partial<DecisionFields> = {}): Seen<DecisionRecord> {
  return seen(decisionLine(id, more)) as Seen<DecisionRecord>;
}

export function seenOutcome(id: string, more: Partial<OutcomeFields> = {}): Seen<OutcomeRecord> {
  return seen(outcomeLine(id, more)) as Seen<OutcomeRecord>;
}
