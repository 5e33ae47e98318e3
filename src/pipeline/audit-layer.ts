import { argumentsDigest } from '../audit/digest.js';
import type { RecordDecision } from '../audit/record.js';
import type { AuditTrail } from '../audit/trail.js';
import type { JsonValue } from '../platform/json.js';
import type { Decision } from '../policy/decision.js';
import type { GovernedCall, Pipeline, Ruling } from './ruling.js';

/**
 * Stages the decision record. The door commits what a batch of calls staged before it forwards any
 * of them, so that no server receives a call that is not in the log.
 */
export function auditLayer(
  next: { readonly stage: 'loop'; rule(call: GovernedCall): Ruling },
  trail: AuditTrail,
): Pipeline {
  return {
    stage: 'audit',
    rule: function audit(call) {
      const ruling = next.rule(call);
      stageDecision(trail, call, ruling);
      return ruling;
    },
  };
}

function stageDecision(trail: AuditTrail, call: GovernedCall, ruling: Ruling): void {
  const { subject, argumentBytes } = call;
  const { decision } = ruling;
  // What observe mode let pass is recorded as what it would have been.
  const shown = decision.observed ?? decision;
  trail.decision({
    request_id: call.requestId,
    rpc_id: call.rpcId,
    direction: call.direction,
    method: subject.method,
    tool: subject.tool ?? null,
    target: subject.uri ?? subject.prompt ?? null,
    arg_hash: argumentBytes === undefined ? null : argumentsDigest(argumentBytes),
    arg_size: argumentBytes?.length ?? 0,
    decision: decision.observed === undefined ? recordedAs(ruling) : wouldBe(decision.observed),
    enforced: decision.observed === undefined,
    rule: shown.rule.name,
    layer: shown.rule.layer,
    reason: ruling.kind === 'deny' ? ruling.reason : shown.reason,
    approval: approvalOf(ruling),
    limits: limitsOf(ruling),
    ...(shown.uncertain.length === 0 ? {} : { uncertain: shown.uncertain }),
    ...(trail.logsArguments ? { arguments: subject.input } : {}),
  });
}

function recordedAs(ruling: Ruling): RecordDecision {
  switch (ruling.kind) {
    case 'forward':
      return 'allow';
    case 'hold':
      return 'require_approval';
    case 'dry-run':
      return 'dry_run';
    case 'deny':
      return 'deny';
  }
}

function limitsOf(ruling: Ruling): JsonValue {
  if ((ruling.kind !== 'forward' && ruling.kind !== 'deny') || ruling.limits === undefined) return null;
  return [...ruling.limits];
}

function approvalOf(ruling: Ruling): JsonValue {
  if (ruling.kind === 'hold') {
    const { digest, terms } = ruling.asked;
    return {
      id: ruling.approvalId,
      state: 'pending',
      digest,
      channels: [...terms.channels],
      timeout_ms: terms.timeoutMs,
    };
  }
  if (ruling.kind === 'dry-run' || ruling.approval === undefined) return null;
  return { ...ruling.approval };
}

function wouldBe(decision: Decision): RecordDecision {
  if (decision.effect !== 'allow') return decision.effect;
  const kinds = decision.obligations.map(({ kind }) => kind);
  if (kinds.includes('approval')) return 'require_approval';
  return kinds.length > 0 ? 'limit' : 'allow';
}
