import { ERROR_CODES } from '../jsonrpc/error-codes.js';
import type { RpcId } from '../jsonrpc/message.js';
import { errorFrame, resultFrame } from '../jsonrpc/replies.js';
import type { JsonObject } from '../platform/json.js';

/** Every reason of a denial; docs/policy.md holds the same list. */
export const DENIAL_REASONS = [
  'kill_switch',
  'policy_denied',
  'unlisted_tool',
  'unknown_method',
  'tool_definition_drift',
  'self_protection',
  'invalid_params',
  'approval_unavailable',
  'approval_denied',
  'approval_timeout',
  'approval_pending',
  'rate_limited',
  'spend_limited',
  'budget_exceeded',
  'amount_invalid',
  'session_unresolved',
  'limits_unavailable',
  'dependency_missing',
  'evidence_missing',
  'evidence_expired',
  'audit_unavailable',
  'policy_failed',
] as const;

/** Why a request was not forwarded, as the agent reads it. */
export type DenialReason = (typeof DENIAL_REASONS)[number];

/** What the agent is told. It names the rule and what would pass, never what is hidden from the agent. */
export interface Denial {
  readonly reason: DenialReason;
  readonly message: string;
  readonly suggestion: string;
  readonly rule: string | null;
  readonly action: string;
  readonly retryAllowed: boolean;
  readonly retryAfterMs?: number;
  readonly missingDependencies?: readonly string[];
  /** Names of the evidence that is not in, or that is over. */
  readonly missingEvidence?: readonly string[];
  /** All scopes with which policy would not have denied it. */
  readonly missingScopes?: readonly string[];
  /** The pots that could not pay: `name`, `limit`, `used`, `amount` and `currency`. */
  readonly budgets?: readonly JsonObject[];
  /** The approval that was refused, missed or is waited for. It holds nothing that could answer it. */
  readonly approval?: JsonObject;
  /** Joins the answer with the audit record. */
  readonly requestId: string;
}

/** The request that an invented answer belongs to. */
export interface AnsweredRequest {
  readonly id: RpcId;
  readonly method: string;
  /** Whether it carried the modern era's envelope. */
  readonly modern: boolean;
}

/** How denied tool calls are answered: a tool result, which the model reads, or a JSON-RPC error. */
export type DenialStyle = 'result' | 'error';

/** The whole frame that tells the sender of `request` that it was denied. */
export function denialFrame(request: AnsweredRequest, denial: Denial, style: DenialStyle): Buffer {
  const form = machineForm(denial);
  const text = `${denial.message} ${denial.suggestion}`.trim();
  if (request.method !== 'tools/call' || style === 'error') {
    const code = denial.reason === 'invalid_params' ? ERROR_CODES.invalidParams : ERROR_CODES.denied;
    return errorFrame(request.id, code, text, form);
  }
  return resultFrame(request.id, {
    content: [{ type: 'text', text }],
    isError: true,
    ...(request.modern ? { resultType: 'complete' } : {}),
    _meta: { 'guard/denial': form },
  });
}

/** What a call that is only tried is told: what would have happened, for the model and as data. */
export interface DryRunAnswer {
  readonly text: string;
  readonly form: JsonObject;
}

/**
 * The whole frame that answers a request in a dry run. A tool call gets a result that says what would
 * have happened, and that nothing did; other results have shapes of their own, so there it is an error.
 */
export function dryRunFrame(request: AnsweredRequest, { text, form }: DryRunAnswer): Buffer {
  if (request.method !== 'tools/call') {
    return errorFrame(request.id, ERROR_CODES.denied, `guard: ${text}`, form);
  }
  return resultFrame(request.id, {
    content: [{ type: 'text', text }],
    isError: false,
    ...(request.modern ? { resultType: 'complete' } : {}),
    _meta: { 'guard/dry-run': form },
  });
}

/** A denial as data. */
export function machineForm(denial: Denial): JsonObject {
  return {
    blocked: true,
    reason: denial.reason,
    rule: denial.rule,
    action: denial.action,
    suggestion: denial.suggestion,
    retry_allowed: denial.retryAllowed,
    ...(denial.retryAfterMs === undefined ? {} : { retry_after_ms: denial.retryAfterMs }),
    ...(denial.missingDependencies === undefined
      ? {}
      : { missing_dependencies: [...denial.missingDependencies] }),
    ...(denial.missingEvidence === undefined ? {} : { missing_evidence: [...denial.missingEvidence] }),
    ...(denial.missingScopes === undefined ? {} : { missing_scopes: [...denial.missingScopes] }),
    ...(denial.budgets === undefined ? {} : { budgets: [...denial.budgets] }),
    ...(denial.approval === undefined ? {} : { approval: denial.approval }),
    request_id: denial.requestId,
  };
}
