import { argumentsDigest } from '../audit/digest.js';
import type { DecisionFields } from '../audit/encode.js';
import type { AuditTrail } from '../audit/trail.js';
import type { JsonObject, JsonValue } from '../platform/json.js';
import type { Decision } from '../policy/decision.js';
import { approvalForm, WOULD } from './dry-run-text.js';
import type { GovernedCall, Pipeline, Rehearsal, Ruling } from './ruling.js';

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
  const { decision, enforced, reason, shown, would } = verdictOf(ruling);
  trail.decision({
    request_id: call.requestId,
    rpc_id: call.rpcId,
    direction: call.direction,
    method: subject.method,
    tool: subject.tool ?? null,
    target: subject.uri ?? subject.prompt ?? null,
    arg_hash: argumentBytes === undefined ? null : argumentsDigest(argumentBytes),
    arg_size: argumentBytes?.length ?? 0,
    decision,
    enforced,
    rule: shown.rule.name,
    layer: shown.rule.layer,
    reason,
    approval: approvalOf(ruling),
    limits: limitsOf(ruling),
    // Each call builds this: members that are undefined cost less than spreading those that are there.
    uncertain: shown.uncertain.length === 0 ? undefined : shown.uncertain,
    would,
    http_request_id: call.httpRequestId,
    traceparent: call.traceparent,
    arguments: trail.logsArguments ? subject.input : undefined,
  });
}

/** What the record says of a ruling. */
export interface Verdict extends Pick<DecisionFields, 'decision' | 'enforced' | 'reason' | 'would'> {
  /** The decision that the rest of the record is about. */
  readonly shown: Decision;
}

/** What a ruling is on record as; replays tell of it in the same words. */
export function verdictOf(ruling: Ruling): Verdict {
  const { decision: shown } = ruling;
  const { reason } = shown;
  switch (ruling.kind) {
    case 'forward':
      return observedVerdict(shown, ruling.observed) ?? { decision: 'allow', enforced: true, reason, shown };
    case 'hold':
      return { decision: 'require_approval', enforced: true, reason, shown };
    case 'deny':
      return { decision: 'deny', enforced: true, reason: ruling.reason, shown };
    case 'dry-run': {
      const { rehearsal } = ruling;
      const would = WOULD[rehearsal.kind];
      const why = rehearsal.kind === 'deny' ? rehearsal.reason : reason;
      return { decision: 'dry_run', enforced: true, reason: why, shown, would };
    }
  }
}

/** What observe mode let pass and would have stopped; undefined where it would have let it pass too. */
function observedVerdict(decision: Decision, rehearsal: Rehearsal | undefined): Verdict | undefined {
  const { observed } = decision;
  const shown = observed ?? decision;
  if (observed !== undefined && observed.effect !== 'allow') {
    return { decision: observed.effect, enforced: false, reason: observed.reason, shown };
  }
  switch (rehearsal?.kind) {
    case 'deny': {
      const decided = rehearsal.reason === 'approval_unavailable' ? 'deny' : 'limit';
      return { decision: decided, enforced: false, reason: rehearsal.reason, shown };
    }
    case 'ask':
      return { decision: 'require_approval', enforced: false, reason: shown.reason, shown };
    case 'forward':
    case undefined:
      return undefined;
  }
}

function limitsOf(ruling: Ruling): JsonValue {
  switch (ruling.kind) {
    case 'forward': {
      const { limits, observed } = ruling;
      if (limits === undefined && observed?.limits === undefined) return null;
      return [
        ...(limits ?? []),
        ...(observed?.limits ?? []).map((note): JsonObject => ({ ...note, observed: true })),
      ];
    }
    case 'deny':
      return listOf(ruling.limits);
    case 'dry-run':
      return listOf(ruling.rehearsal.limits);
    case 'hold':
      return null;
  }
}

function listOf(notes: readonly JsonObject[] | undefined): JsonValue {
  return notes === undefined ? null : [...notes];
}

function approvalOf(ruling: Ruling): JsonValue {
  switch (ruling.kind) {
    case 'hold': {
      const { digest, terms } = ruling.asked;
      return {
        id: ruling.approvalId,
        state: 'pending',
        digest,
        channels: [...terms.channels],
        timeout_ms: terms.timeoutMs,
      };
    }
    case 'dry-run':
      return ruling.rehearsal.kind === 'ask' ? approvalForm(ruling.rehearsal.terms) : null;
    case 'forward':
    case 'deny':
      return ruling.approval === undefined ? null : { ...ruling.approval };
  }
}
