import type { DecisionRecord } from '../audit/record.js';
import { DEFAULT_HINTS } from '../mcp/hints.js';
import { clientRequestHandling, serverRequestHandling } from '../mcp/methods.js';
import { readTarget } from '../mcp/request-target.js';
import { isJsonObject, member, type JsonObject } from '../platform/json.js';
import type { NameKey } from '../policy/matcher.js';
import type { Subject, ToolStanding } from '../policy/subject.js';
import { holdsRedaction, type LogGaps } from './log-gaps.js';

/** What was decided about a call at its time. */
export interface PastDecision {
  /** What became of it: a call that observe mode let pass was allowed. */
  readonly decision: 'allow' | 'deny' | 'require_approval' | 'dry_run';
  readonly rule: string | null;
  readonly layer: string | null;
  readonly reason: string | null;
}

/** A governed call as a decision record tells of it. */
export interface RecordedCall {
  /** Names the call in its log: request ids belong to their writer. */
  readonly key: string;
  /** Wall-clock milliseconds. */
  readonly atMs: number;
  readonly subject: Subject;
  readonly gaps: LogGaps;
  readonly past: PastDecision;
  readonly record: DecisionRecord;
}

/** What a decision record amounts to for a replay. */
export type ReadCall =
  | { readonly kind: 'call'; readonly call: RecordedCall }
  /** Decided by something that no policy file states, or in words that this guard does not know. */
  | { readonly kind: 'set-aside'; readonly why: string }
  /** Nothing that policy judges. */
  | { readonly kind: 'relayed' };

/** Reasons for which a call was denied whatever the rules say (mcp/denial.ts, policy/decision.ts). */
const NOT_BY_RULES: ReadonlySet<string> = new Set([
  'kill_switch',
  'kill-switch',
  'self_protection',
  'self-protection',
  'invalid_params',
  'audit_unavailable',
  'limits_unavailable',
  'policy_failed',
  'evaluation-failed',
]);

const BY_APPROVAL: ReadonlySet<string> = new Set([
  'approval_denied',
  'approval_timeout',
  'approval_pending',
  'approval_unavailable',
]);

/** Reads a decision record as a call that can be put to another policy. */
export function readRecordedCall(record: DecisionRecord): ReadCall {
  if (record.decision === 'relay') return { kind: 'relayed' };
  const atMs = Date.parse(record.ts);
  if (Number.isNaN(atMs)) return { kind: 'set-aside', why: 'its time cannot be read' };
  const { reason } = record;
  if (reason !== null && NOT_BY_RULES.has(reason)) return { kind: 'set-aside', why: reason };
  const past = pastDecision(record);
  if (past === undefined) return { kind: 'set-aside', why: 'its decision is of a kind that is not known' };
  return {
    kind: 'call',
    call: { key: callKey(record), atMs, ...subjectOf(record), past, record },
  };
}

/** What names a call over both of its records. */
export function callKey({
  writer,
  request_id: id,
}: {
  readonly writer: string;
  readonly request_id: string;
}): string {
  return `${writer}\n${id}`;
}

function pastDecision(record: DecisionRecord): PastDecision | undefined {
  const { rule, layer, reason, approval } = record;
  const by = { rule, layer, reason };
  if (!record.enforced) return { decision: 'allow', ...by };
  switch (record.decision) {
    case 'allow':
      return { decision: approval === null ? 'allow' : 'require_approval', ...by };
    case 'deny': {
      const wasAsked = reason !== null && BY_APPROVAL.has(reason);
      return { decision: wasAsked ? 'require_approval' : 'deny', ...by };
    }
    case 'require_approval':
    case 'dry_run':
      return { decision: record.decision, ...by };
    case 'limit':
      return { decision: 'deny', ...by };
    default:
      return undefined;
  }
}

function subjectOf(record: DecisionRecord): { readonly subject: Subject; readonly gaps: LogGaps } {
  const { method, tool, agent, client, upstream, session, writer } = record;
  const names = new Set<NameKey | 'uri'>();
  const named = <T extends string | null>(key: NameKey | 'uri', value: T): T => {
    if (value !== null && CUT.test(value)) names.add(key);
    return value;
  };
  const input = inputOf(record);
  const target = targetOf(record, input);
  if (target === undefined) names.add('uri').add('prompt');
  named('uri', target?.uri ?? null);
  named('prompt', target?.prompt ?? null);
  const subject: Subject = {
    method: named('method', method),
    knownMethod: clientRequestHandling(method) !== undefined || serverRequestHandling(method) !== undefined,
    server: named('server', upstream),
    agent: named('agent', agent) ?? undefined,
    client: named('client', client) ?? undefined,
    // Where the session is not known, records name the writer in its place.
    session: session === null || session === writer ? undefined : session,
    claims: undefined,
    scopes: undefined,
    tool: named('tool', tool) ?? undefined,
    uri: target?.uri,
    prompt: target?.prompt,
    standing: standingOf(record),
    hints: DEFAULT_HINTS,
    input: input ?? {},
  };
  const gaps: LogGaps = {
    arguments: input === undefined,
    redacted: input !== undefined && holdsRedaction(input),
    names,
    hints: tool !== null,
    // At the stdio door nobody is verified, and a policy knows what to make of that.
    caller: record.http_request_id !== undefined,
  };
  return { subject, gaps };
}

/** How a record ends a text that it cuts (audit/json-text.ts). */
const CUT = /…\(\+\d+ chars\)$/;

/** The arguments as far as they are known; undefined where they were not logged. */
function inputOf({
  arguments: logged,
  arg_hash: hash,
  method,
  tool,
}: DecisionRecord): JsonObject | undefined {
  if (logged !== undefined) return isJsonObject(logged) && !isOmitted(logged) ? logged : undefined;
  // A call without arguments has nothing that could have been logged.
  return hash === null && (tool !== null || method === 'prompts/get') ? {} : undefined;
}

/** What stands in a record for arguments that are too large for it. */
function isOmitted(value: JsonObject): boolean {
  return member(value, 'omitted') === 'too large' && typeof member(value, 'size') === 'number';
}

/** What a request names; undefined where the log does not tell a resource from a prompt. */
function targetOf(
  { method, target }: DecisionRecord,
  input: JsonObject | undefined,
): Pick<Subject, 'uri' | 'prompt'> | undefined {
  switch (method) {
    case 'resources/read':
    case 'resources/subscribe':
      return { uri: target ?? undefined, prompt: undefined };
    case 'prompts/get':
      return { uri: undefined, prompt: target ?? undefined };
    case 'completion/complete': {
      const read = input === undefined ? undefined : readTarget(method, input);
      return read === undefined || 'invalid' in read ? undefined : read;
    }
    default:
      return { uri: undefined, prompt: undefined };
  }
}

/** What was known of the tool: an allowed call of one that is not on the list cannot be told apart. */
function standingOf({ tool, reason }: DecisionRecord): ToolStanding {
  if (tool === null) return 'unknown';
  if (reason === 'unlisted_tool' || reason === 'unlisted-tool') return 'unlisted';
  return reason === 'tool_definition_drift' || reason === 'tool-drift' ? 'drifted' : 'listed';
}
