import * as z from 'zod/mini';
import { JSON_DEPTH_MAX } from '../../platform/bounds.js';
import { isJsonObject, type JsonValue } from '../../platform/json.js';
import { APPROVAL_ANSWER_VERSION, type ApprovalAnswer } from '../answer.js';
import type { ApprovalEnd } from '../channel.js';
import { APPROVAL_REQUEST_VERSION, type ApprovalRequest } from '../request.js';

/** Version of the files that say how a request or an answer ended. */
export const BUS_FILE_VERSION = 1;

/** A request that is over, as a file. */
export interface EndedFile {
  readonly v: typeof BUS_FILE_VERSION;
  readonly request: ApprovalRequest;
  readonly end: ApprovalEnd;
}

/** An answer that did not count, as a file. */
export interface RefusedFile {
  readonly v: typeof BUS_FILE_VERSION;
  readonly id: string;
  readonly why: string;
  readonly at: string;
  /** sha256 of the answer file, so that its writer knows that this is about it; null where it could not be read. */
  readonly answer: string | null;
}

/** A checked value, or why it is none, in words that follow the name of the file. */
export type Checked<Value> =
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'trouble'; readonly why: string };

const nullableText = z.nullable(z.string());
const count = z.number().check(z.nonnegative());
/** Any JSON value. It must be there: a member that is missing is no null. */
const json = z.custom<JsonValue>((value) => value !== undefined);
const timestamp = z
  .string()
  .check(z.refine((text) => TIMESTAMP.test(text) && !Number.isNaN(Date.parse(text))));
const TIMESTAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;
const scope = z.enum(['session', 'project', 'user']);

const request: z.ZodMiniType<ApprovalRequest> = z.strictObject({
  v: z.literal(APPROVAL_REQUEST_VERSION),
  id: z.string(),
  digest: z.string(),
  request_id: z.string(),
  writer: z.string(),
  owner: z.strictObject({ pid: z.int().check(z.positive()), started: nullableText }),
  server: z.string(),
  agent: nullableText,
  client: nullableText,
  session: nullableText,
  project: z.string(),
  method: z.string(),
  tool: nullableText,
  target: nullableText,
  arguments: json,
  arguments_complete: z.boolean(),
  arg_size: count,
  definition: nullableText,
  standing: z.enum(['unknown', 'listed', 'unlisted', 'drifted']),
  destructive: z.boolean(),
  read_only: z.boolean(),
  rules: z.array(z.strictObject({ layer: z.string(), name: z.string(), message: nullableText })),
  channels: z.array(z.string()),
  remember: z.nullable(scope),
  created_at: timestamp,
  expires_at: timestamp,
  timeout_ms: count,
  escalated_at: z.nullable(timestamp),
  undelivered: z.array(z.strictObject({ channel: z.string(), why: z.string(), at: timestamp })),
  approvers: nullableText,
});

const answer: z.ZodMiniType<ApprovalAnswer> = z.strictObject({
  v: z.literal(APPROVAL_ANSWER_VERSION),
  id: z.string(),
  digest: z.string(),
  decision: z.enum(['approved', 'denied']),
  remember: z.nullable(
    z.strictObject({ scope, input: z.record(z.string(), json), expires_at: z.nullable(timestamp) }),
  ),
  reason: nullableText,
  approver: z.string().check(z.minLength(1)),
  channel: z.string(),
  presence: z.enum([
    'signature',
    'terminal',
    'dashboard',
    'client',
    'script',
    'slack',
    'webhook',
    'remembered',
    'timeout',
  ]),
  answered_at: timestamp,
  expires_at: timestamp,
  signature: nullableText,
});

const end: z.ZodMiniType<ApprovalEnd> = z.strictObject({
  state: z.enum(['approved', 'denied', 'expired', 'withdrawn']),
  approver: nullableText,
  channel: nullableText,
  reason: nullableText,
  waited_ms: count,
  ended_at: timestamp,
});

const ended: z.ZodMiniType<EndedFile> = z.strictObject({ v: z.literal(BUS_FILE_VERSION), request, end });

const refused: z.ZodMiniType<RefusedFile> = z.strictObject({
  v: z.literal(BUS_FILE_VERSION),
  id: z.string(),
  why: z.string(),
  at: timestamp,
  answer: nullableText,
});

/** A request file's value, where it is exactly that. */
export function checkRequest(value: JsonValue): Checked<ApprovalRequest> {
  return check(value, request, APPROVAL_REQUEST_VERSION);
}

/** An answer file's value, where it is exactly that. */
export function checkAnswer(value: JsonValue): Checked<ApprovalAnswer> {
  return check(value, answer, APPROVAL_ANSWER_VERSION);
}

/** The value of an ended request's file, where it is exactly that. */
export function checkEnded(value: JsonValue): Checked<EndedFile> {
  return check(value, ended, BUS_FILE_VERSION);
}

/** The value of a refused answer's file, where it is exactly that. */
export function checkRefused(value: JsonValue): Checked<RefusedFile> {
  return check(value, refused, BUS_FILE_VERSION);
}

function check<Value>(value: JsonValue, schema: z.ZodMiniType<Value>, version: number): Checked<Value> {
  if (!isJsonObject(value)) return trouble('holds no JSON object');
  // Before anything else walks through the value: what reads it later may recurse.
  if (isDeeper(value, JSON_DEPTH_MAX)) return trouble(`is nested deeper than ${JSON_DEPTH_MAX} levels`);
  if (value['v'] !== version) {
    const got = typeof value['v'] === 'number' ? `version ${value['v']}` : 'no version';
    return trouble(`is of ${got}, and this guard reads version ${version}: update the older of the two`);
  }
  // Building a fast parser would cost more than the few files of a session are worth.
  const parsed = z.safeParse(schema, value, { jitless: true });
  // What was read is returned, not zod's copy of it: a signature covers the members as they stand there.
  if (parsed.success) return { kind: 'value', value: value as unknown as Value };
  const [issue] = parsed.error.issues;
  if (issue?.code === 'unrecognized_keys') return trouble(`has the unknown member ${issue.keys.join(', ')}`);
  return trouble(`has a member ${(issue?.path ?? []).join('.')} that is missing or not of its kind`);
}

function trouble(why: string): { readonly kind: 'trouble'; readonly why: string } {
  return { kind: 'trouble', why };
}

function isDeeper(value: JsonValue, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  return Object.values(value).some((inner: JsonValue) => isDeeper(inner, levels - 1));
}
