import { isJsonObject, type JsonObject, type JsonValue, member } from '../platform/json.js';
import {
  AUDIT_RECORD_VERSION,
  type AuditRecord,
  type CheckpointRecord,
  type DecisionRecord,
  type EventRecord,
  type OutcomeRecord,
  type RefusalRecord,
  type SessionRecord,
} from './record.js';

/** What a member of a record may hold; `?` means null too, `optional` that it may be absent. */
export type Shape =
  | 'string'
  | 'string?'
  | 'number'
  | 'boolean'
  | 'id'
  | 'json'
  | 'layers'
  | `optional ${'number' | 'json' | 'text' | 'texts'}`;

type Shapes<R> = Readonly<Record<Exclude<keyof R, 'v' | 'type'>, Shape>>;

const BASE = {
  ts: 'string',
  writer: 'string',
  seq: 'number',
  prev: 'string?',
  upstream: 'string',
  session: 'string?',
  agent: 'string?',
} as const satisfies Readonly<Record<string, Shape>>;

const SESSION: Shapes<SessionRecord> = {
  ...BASE,
  guard_version: 'string',
  pid: 'number',
  command: 'string',
  mode: 'string',
  approvers: 'string?',
  config: 'layers',
};

const DECISION: Shapes<DecisionRecord> = {
  ...BASE,
  request_id: 'string',
  rpc_id: 'id',
  direction: 'string',
  client: 'string?',
  era: 'string?',
  method: 'string',
  tool: 'string?',
  target: 'string?',
  arg_hash: 'string?',
  arg_size: 'number',
  decision: 'string',
  enforced: 'boolean',
  rule: 'string?',
  layer: 'string?',
  reason: 'string?',
  approval: 'json',
  limits: 'json',
  uncertain: 'optional texts',
  would: 'optional text',
  http_request_id: 'optional text',
  traceparent: 'optional text',
  arguments: 'optional json',
};

const OUTCOME: Shapes<OutcomeRecord> = {
  ...BASE,
  request_id: 'string',
  method: 'string',
  tool: 'string?',
  result: 'string',
  latency_ms: 'number',
  response_size: 'number',
  error_code: 'optional number',
  http_request_id: 'optional text',
  response: 'optional json',
};

const REFUSAL: Shapes<RefusalRecord> = {
  ...BASE,
  direction: 'string',
  reason: 'string',
  detail: 'string',
  size: 'number',
  rpc_id: 'id',
  method: 'string?',
  http_request_id: 'optional text',
};

const EVENT: Shapes<EventRecord> = { ...BASE, event: 'string', detail: 'json' };

const CHECKPOINT: Shapes<CheckpointRecord> = {
  ...BASE,
  count: 'number',
  closing: 'boolean',
  key: 'string',
  signature: 'string',
};

/** Every member of every type of record, in the order in which they are written after `v` and `type`. */
export const RECORD_FIELDS = {
  session: SESSION,
  decision: DECISION,
  outcome: OUTCOME,
  refusal: REFUSAL,
  event: EVENT,
  checkpoint: CHECKPOINT,
} as const;

/** What a line of an audit log turned out to be. */
export type Reading =
  | { readonly kind: 'record'; readonly record: AuditRecord }
  | { readonly kind: 'trouble'; readonly trouble: RecordTrouble; readonly detail: string };

export type RecordTrouble =
  /** Not whole JSON: a writer was killed or the disk was full. */
  | 'torn'
  /** Of a version that this guard does not know. */
  | 'unknown-version'
  /** JSON, but no audit record. */
  | 'not-a-record'
  /** Longer than any record. */
  | 'too-long';

/**
 * Reads one line. The values of closed sets (`decision`, `result`, …) are only known to be text, as
 * a newer guard may write new ones; a consumer shows what it does not know as it is.
 */
export function readRecord(line: string): Reading {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return trouble('torn', 'the line is not whole');
  }
  if (!isJsonObject(value)) return trouble('not-a-record', 'the line is no JSON object');
  const version = member(value, 'v');
  if (version === undefined) return trouble('not-a-record', 'there is no member "v"');
  if (version !== AUDIT_RECORD_VERSION) {
    const got = JSON.stringify(version).slice(0, 20);
    return trouble(
      'unknown-version',
      `expected v ${AUDIT_RECORD_VERSION}, got ${got}; a newer guard may have written it`,
    );
  }
  const wrong = wrongMember(value);
  if (wrong !== undefined) return trouble('not-a-record', wrong);
  return { kind: 'record', record: value as unknown as AuditRecord };
}

function wrongMember(value: JsonObject): string | undefined {
  const type = member(value, 'type');
  if (typeof type !== 'string' || !Object.hasOwn(RECORD_FIELDS, type))
    return 'the member "type" is not known';
  const shapes = RECORD_FIELDS[type as keyof typeof RECORD_FIELDS];
  for (const [name, shape] of Object.entries(shapes)) {
    if (!FITS[shape](member(value, name)))
      return `the member "${name}" of a ${type} record is not as expected`;
  }
  return undefined;
}

const FITS: Readonly<Record<Shape, (value: JsonValue | undefined) => boolean>> = {
  string: isText,
  'string?': (value) => isText(value) || value === null,
  number: (value) => typeof value === 'number',
  boolean: (value) => typeof value === 'boolean',
  id: (value) => isText(value) || typeof value === 'number' || value === null,
  json: (value) => value !== undefined,
  layers: (value) => Array.isArray(value) && value.every(isLayer),
  'optional number': (value) => value === undefined || typeof value === 'number',
  'optional text': (value) => value === undefined || isText(value),
  'optional texts': (value) => value === undefined || (Array.isArray(value) && value.every(isText)),
  'optional json': () => true,
};

function isText(value: JsonValue | undefined): boolean {
  return typeof value === 'string';
}

function isLayer(value: JsonValue): boolean {
  return (
    isJsonObject(value) &&
    ['layer', 'path', 'digest'].every((name) => typeof member(value, name) === 'string')
  );
}

function trouble(trouble: RecordTrouble, detail: string): Reading {
  return { kind: 'trouble', trouble, detail };
}
