import { AUDIT_RECORD_BYTES_MAX } from '../platform/bounds.js';
import type { JsonValue } from '../platform/json.js';
import {
  boundedList,
  countMark,
  detailJson,
  idJson,
  listJson,
  nameJson,
  nullableTextJson,
  numberJson,
  omittedJson,
  textJson,
  valueJson,
} from './json-text.js';
import {
  AUDIT_RECORD_VERSION,
  type DecisionRecord,
  type EventRecord,
  type OutcomeRecord,
  type RecordBase,
  type RefusalRecord,
  type SessionRecord,
} from './record.js';

/** Members that stay the same while a session lasts. */
export interface RecordConstants {
  readonly writer: string;
  readonly upstream: string;
  readonly session: string | null;
  readonly agent: string | null;
  readonly client: string | null;
  readonly era: string | null;
}

/** The count of one writer's records; every encoder of a writer shares it. */
export interface RecordSequence {
  /** The next position, from 1. */
  next(): number;
}

type Constant = keyof RecordBase | 'client' | 'era';
/** What a caller gives for one record: its members without the session's constants and the time. */
export type DecisionFields = Omit<DecisionRecord, Constant>;
export type OutcomeFields = Omit<OutcomeRecord, Constant>;
export type RefusalFields = Omit<RefusalRecord, Constant>;
export type EventFields = Omit<EventRecord, Constant>;
export type SessionFields = Omit<SessionRecord, Constant>;

/**
 * Makes the text of records: one line of JSON with its final line feed. Each call takes a number of
 * the sequence. `ts` is the clock's timestamp; fields are not copied, as this is on the path of calls.
 */
export interface RecordEncoder {
  session(ts: string, fields: SessionFields): string;
  decision(ts: string, fields: DecisionFields): string;
  outcome(ts: string, fields: OutcomeFields): string;
  refusal(ts: string, fields: RefusalFields): string;
  event(ts: string, fields: EventFields): string;
}

const STARTS: Readonly<Record<RecordBase['type'], string>> = {
  session: startOf('session'),
  decision: startOf('decision'),
  outcome: startOf('outcome'),
  refusal: startOf('refusal'),
  event: startOf('event'),
};

/** A sequence that starts at 1. */
export function createRecordSequence(): RecordSequence {
  let last = 0;
  return {
    next() {
      last += 1;
      return last;
    },
  };
}

/**
 * An encoder for one session. Members stand in the order in which record.ts declares them, optional
 * ones last and only where given. A client or era that becomes known later means another encoder
 * on the same sequence. Text is joined by hand because one record of each kind is on the path of
 * every call; a test holds the result against JSON.stringify.
 */
export function createRecordEncoder(constants: RecordConstants, sequence: RecordSequence): RecordEncoder {
  const writer = `","writer":${textJson(constants.writer)},"seq":`;
  const who =
    `,"prev":null,"upstream":${textJson(constants.upstream)}` +
    `,"session":${nullableTextJson(constants.session)},"agent":${nullableTextJson(constants.agent)}`;
  const client = `,"client":${nullableTextJson(constants.client)},"era":${nullableTextJson(constants.era)}`;
  const base = (type: RecordBase['type'], ts: string): string =>
    STARTS[type] + ts + writer + sequence.next() + who;
  return {
    session: (ts, fields) => `${base('session', ts)}${sessionMembers(fields)}}\n`,
    decision: (ts, fields) =>
      finished(base('decision', ts) + decisionMembers(fields, client), 'arguments', fields.arguments),
    outcome: (ts, fields) =>
      finished(base('outcome', ts) + outcomeMembers(fields), 'response', fields.response),
    refusal: (ts, fields) => `${base('refusal', ts)}${refusalMembers(fields)}}\n`,
    event: (ts, fields) =>
      `${base('event', ts)},"event":${textJson(fields.event)},"detail":${detailJson(fields.detail)}}\n`,
  };
}

/** Milliseconds as a record holds them: three decimals. */
function roundedMs(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}

function startOf(type: string): string {
  return `{"v":${AUDIT_RECORD_VERSION},"type":"${type}","ts":"`;
}

function decisionMembers(fields: DecisionFields, client: string): string {
  const text =
    `,"request_id":${textJson(fields.request_id)},"rpc_id":${idJson(fields.rpc_id)}` +
    `,"direction":"${fields.direction}"${client},"method":${nameJson(fields.method)}` +
    `,"tool":${nameJson(fields.tool)},"target":${nullableTextJson(fields.target)}` +
    `,"arg_hash":${nullableTextJson(fields.arg_hash)},"arg_size":${numberJson(fields.arg_size)}` +
    `,"decision":"${fields.decision}","enforced":${fields.enforced}` +
    `,"rule":${nameJson(fields.rule)},"layer":${nameJson(fields.layer)}` +
    `,"reason":${nameJson(fields.reason)},"approval":${detailJson(fields.approval)}` +
    `,"limits":${detailJson(fields.limits)}`;
  const { uncertain } = fields;
  return uncertain === undefined ? text : `${text},"uncertain":${listJson(uncertain)}`;
}

function outcomeMembers(fields: OutcomeFields): string {
  const text =
    `,"request_id":${textJson(fields.request_id)},"method":${nameJson(fields.method)}` +
    `,"tool":${nameJson(fields.tool)},"result":"${fields.result}"` +
    `,"latency_ms":${numberJson(roundedMs(fields.latency_ms))}` +
    `,"response_size":${numberJson(fields.response_size)}`;
  const { error_code: errorCode } = fields;
  return errorCode === undefined ? text : `${text},"error_code":${numberJson(errorCode)}`;
}

function refusalMembers(fields: RefusalFields): string {
  return (
    `,"direction":"${fields.direction}","reason":${textJson(fields.reason)}` +
    `,"detail":${textJson(fields.detail)},"size":${numberJson(fields.size)}` +
    `,"rpc_id":${idJson(fields.rpc_id)},"method":${nullableTextJson(fields.method)}`
  );
}

function sessionMembers(fields: SessionFields): string {
  const layers = boundedList(fields.config, (more) => ({ layer: countMark(more), path: '', digest: '' })).map(
    ({ layer, path, digest }) =>
      `{"layer":${textJson(layer)},"path":${textJson(path)},"digest":${textJson(digest)}}`,
  );
  return (
    `,"guard_version":${textJson(fields.guard_version)},"pid":${numberJson(fields.pid)}` +
    `,"command":${textJson(fields.command)},"mode":"${fields.mode}"` +
    `,"approvers":${nullableTextJson(fields.approvers)},"config":[${layers.join(',')}]`
  );
}

/** Closes a record with its one large member, which is left out where the record would pass its bound. */
function finished(text: string, name: string, value: JsonValue | undefined): string {
  if (value === undefined) return `${text}}\n`;
  const large = valueJson(value);
  const line = `${text},"${name}":${large}}\n`;
  if (line.length * 3 <= AUDIT_RECORD_BYTES_MAX || Buffer.byteLength(line) <= AUDIT_RECORD_BYTES_MAX)
    return line;
  return `${text},"${name}":${omittedJson(large)}}\n`;
}
