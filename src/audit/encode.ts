import { AUDIT_RECORD_BYTES_MAX, AUDIT_RECORD_HEAD_BYTES_MAX } from '../platform/bounds.js';
import type { JsonValue } from '../platform/json.js';
import type { Digest } from './digest.js';
import {
  boundedList,
  countMark,
  detailJson,
  idJson,
  listJson,
  millisecondsJson,
  nullableTextJson,
  numberJson,
  omittedJson,
  textJson,
  valueJson,
} from './json-text.js';
import { flat, repeated } from './repeated-text.js';
import {
  AUDIT_RECORD_VERSION,
  type CheckpointRecord,
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

/**
 * A record but for its place among its writer's records: `head` ends where the number follows, `rest`
 * begins behind `prev` and has no line feed. `WriterChain` puts the place in.
 */
export interface RecordParts {
  readonly head: string;
  readonly rest: string;
}

type Constant = keyof RecordBase | 'client' | 'era';
/** What a caller gives for one record: its members without the session's constants and the time. */
export type DecisionFields = Omit<DecisionRecord, Constant | 'arg_hash'> & {
  /** Written as it stands: only `argumentsDigest` makes one. */
  readonly arg_hash: Digest | null;
};
export type OutcomeFields = Omit<OutcomeRecord, Constant>;
export type RefusalFields = Omit<RefusalRecord, Constant>;
export type EventFields = Omit<EventRecord, Constant>;
export type SessionFields = Omit<SessionRecord, Constant>;
/** The signature comes last, over all that stands before it, so it is no part of what is encoded. */
type CheckpointFields = Omit<CheckpointRecord, Constant | 'signature'>;

/** Makes the text of records. `ts` is the clock's timestamp; fields are not copied, as this is on the path of calls. */
export interface RecordEncoder {
  session(ts: string, fields: SessionFields): RecordParts;
  decision(ts: string, fields: DecisionFields): RecordParts;
  outcome(ts: string, fields: OutcomeFields): RecordParts;
  refusal(ts: string, fields: RefusalFields): RecordParts;
  event(ts: string, fields: EventFields): RecordParts;
  /** What a checkpoint's signature is over: the object is not closed yet. */
  checkpoint(ts: string, fields: CheckpointFields): RecordParts;
}

/** How records of each type begin, by the time. */
export type RecordHeads = Readonly<Record<RecordBase['type'], (ts: string) => string>>;

/**
 * The heads of one writer's records. Encoders of all its sessions share them: what was made for one record
 * of a millisecond is that of the next, whosever it is.
 */
export function recordHeads(name: string): RecordHeads {
  const writer = textJson(name);
  const starting = (type: RecordBase['type']): ((ts: string) => string) =>
    repeated(
      (ts: string) => `{"v":${AUDIT_RECORD_VERSION},"type":"${type}","ts":"${ts}","writer":${writer},"seq":`,
    );
  return {
    session: starting('session'),
    decision: starting('decision'),
    outcome: starting('outcome'),
    refusal: starting('refusal'),
    event: starting('event'),
    checkpoint: starting('checkpoint'),
  };
}

/**
 * An encoder for one session. Members stand in the order in which record.ts declares them, optional
 * ones last and only where given. A client or era that becomes known later means another encoder.
 * Text is joined by hand because one record of each kind is on the path of every call, and what
 * repeats is kept; a test holds the result against JSON.stringify.
 */
export function createRecordEncoder(
  constants: RecordConstants,
  heads = recordHeads(constants.writer),
): RecordEncoder {
  const who = flat(
    `,"upstream":${textJson(constants.upstream)}` +
      `,"session":${nullableTextJson(constants.session)},"agent":${nullableTextJson(constants.agent)}`,
  );
  const { session, decision, outcome, refusal, event, checkpoint } = heads;
  const decisionText = decisionMembers(constants);
  const outcomeText = outcomeMembers();
  return {
    session: (ts, fields) => ({ head: session(ts), rest: `${who}${sessionMembers(fields)}}` }),
    decision: (ts, fields) => ({
      head: decision(ts),
      rest: finished(who + decisionText(fields), 'arguments', fields.arguments),
    }),
    outcome: (ts, fields) => ({
      head: outcome(ts),
      rest: finished(who + outcomeText(fields), 'response', fields.response),
    }),
    refusal: (ts, fields) => ({ head: refusal(ts), rest: `${who}${refusalMembers(fields)}}` }),
    event: (ts, fields) => ({
      head: event(ts),
      rest: `${who},"event":${textJson(fields.event)},"detail":${detailJson(fields.detail)}}`,
    }),
    checkpoint: (ts, { count, closing, key }) => ({
      head: checkpoint(ts),
      rest: `${who},"count":${numberJson(count)},"closing":${closing},"key":${textJson(key)}`,
    }),
  };
}

/** The members of decision records; what the call is and what was decided repeats. */
function decisionMembers(constants: RecordConstants): (fields: DecisionFields) => string {
  const client = `,"client":${nullableTextJson(constants.client)},"era":${nullableTextJson(constants.era)}`;
  const called = repeated(
    (direction: string, method: string, tool: string | null) =>
      `,"direction":"${direction}"${client},"method":${textJson(method)}` +
      `,"tool":${nullableTextJson(tool)},"target":`,
  );
  const decided = repeated(
    (decision: string, enforced: boolean, rule: string | null, layer: string | null, reason: string | null) =>
      `,"decision":"${decision}","enforced":${enforced},"rule":${nullableTextJson(rule)}` +
      `,"layer":${nullableTextJson(layer)},"reason":${nullableTextJson(reason)}`,
  );
  return (fields) => {
    const { arg_hash: digest, decision, enforced, rule, layer, reason, uncertain, would } = fields;
    const text =
      `,"request_id":${textJson(fields.request_id)},"rpc_id":${idJson(fields.rpc_id)}` +
      `${called(fields.direction, fields.method, fields.tool)}${nullableTextJson(fields.target)}` +
      `,"arg_hash":${digest === null ? 'null' : `"${digest}"`},"arg_size":${numberJson(fields.arg_size)}` +
      `${decided(decision, enforced, rule, layer, reason)}${reservedMembers(fields)}`;
    const all =
      text +
      (uncertain === undefined ? '' : `,"uncertain":${listJson(uncertain)}`) +
      (would === undefined ? '' : `,"would":"${would}"`);
    return all + httpMember(fields) + traceMember(fields);
  };
}

function reservedMembers({ approval, limits }: DecisionFields): string {
  if (approval === null && limits === null) return ',"approval":null,"limits":null';
  return `,"approval":${detailJson(approval)},"limits":${detailJson(limits)}`;
}

/** The members of outcome records; what came of which tool repeats. */
function outcomeMembers(): (fields: OutcomeFields) => string {
  const ended = repeated(
    (method: string, tool: string | null, result: string) =>
      `,"method":${textJson(method)},"tool":${nullableTextJson(tool)},"result":"${result}","latency_ms":`,
  );
  return (fields) => {
    const { method, tool, result, error_code: errorCode } = fields;
    const text =
      `,"request_id":${textJson(fields.request_id)}${ended(method, tool, result)}` +
      `${millisecondsJson(fields.latency_ms)},"response_size":${numberJson(fields.response_size)}`;
    const all = errorCode === undefined ? text : `${text},"error_code":${numberJson(errorCode)}`;
    return all + httpMember(fields);
  };
}

function refusalMembers(fields: RefusalFields): string {
  return (
    `,"direction":"${fields.direction}","reason":${textJson(fields.reason)}` +
    `,"detail":${textJson(fields.detail)},"size":${numberJson(fields.size)}` +
    `,"rpc_id":${idJson(fields.rpc_id)},"method":${nullableTextJson(fields.method)}` +
    httpMember(fields)
  );
}

function httpMember({ http_request_id: id }: { readonly http_request_id?: string | undefined }): string {
  return id === undefined ? '' : `,"http_request_id":${textJson(id)}`;
}

function traceMember({ traceparent }: { readonly traceparent?: string | undefined }): string {
  return traceparent === undefined ? '' : `,"traceparent":${textJson(traceparent)}`;
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
  if (value === undefined) return `${text}}`;
  const large = valueJson(value);
  const rest = `${text},"${name}":${large}}`;
  const most = AUDIT_RECORD_BYTES_MAX - AUDIT_RECORD_HEAD_BYTES_MAX;
  if (rest.length * 3 <= most || Buffer.byteLength(rest) <= most) return rest;
  return `${text},"${name}":${omittedJson(large)}}`;
}
