import type { ApprovalNote } from '../approvals/asked-call.js';
import type { RecordResult } from '../audit/record.js';
import type { CompiledBudgets } from '../limits/budget.js';
import type { CompiledEvidence } from '../limits/evidence.js';
import { createMemoryLedger } from '../limits/memory-ledger.js';
import { watchedTools } from '../limits/prerequisites.js';
import { approvalLayer, type ApprovalGate } from '../pipeline/approval-layer.js';
import { type Verdict, verdictOf } from '../pipeline/audit-layer.js';
import { forward } from '../pipeline/compose.js';
import { limitsLayer, type LimitsGate } from '../pipeline/limits-layer.js';
import { policyLayer } from '../pipeline/policy-layer.js';
import type { Charge, GovernedCall, Ruling } from '../pipeline/ruling.js';
import { settleCharge } from '../pipeline/settle.js';
import type { CompiledPolicy } from '../policy/compiled.js';
import type { RuleRef } from '../policy/decision.js';
import { handKey } from '../policy/evidence-key.js';
import type { Subject } from '../policy/subject.js';

/** What is played against: the parts of a loaded config that rule on calls. */
export interface StagedPolicy {
  readonly policy: CompiledPolicy;
  readonly budgets: CompiledBudgets;
  readonly evidence: CompiledEvidence;
}

/** What becomes of a call, in the words of decision records. */
type PlayedDecision = 'allow' | 'deny' | 'require_approval' | 'dry_run';

/** A call as it was played. */
export interface Played {
  readonly decision: PlayedDecision;
  readonly rule: RuleRef;
  /** Why, as a decision record says it. */
  readonly reason: string;
  /** What the agent would be told; undefined where the call passes. */
  readonly message: string | undefined;
  /** What a layer in observe mode would have made of it, where that is stricter. */
  readonly observed:
    | { readonly decision: string; readonly rule: RuleRef; readonly reason: string }
    | undefined;
  readonly uncertain: readonly string[];
  /** What it drew and what its success would prove; undefined where it is neither counted nor required. */
  readonly charge: Charge | undefined;
}

interface PlayOptions {
  /** Wall-clock milliseconds of the call. */
  readonly atMs: number;
  /** Whether a person lets it pass where one is asked; then it draws on its limits. */
  readonly approved: boolean;
  /** What it has drawn already, where it continues a call that its server interrupted with questions. */
  readonly paid?: Charge | undefined;
}

/**
 * The pipeline as it rules on calls, with a clock that callers set, limits that are counted in
 * memory, and a person who answers as told. Nothing is forwarded, written or asked.
 */
export interface Stage {
  play(subject: Subject, options: PlayOptions): Played;
  /** Settles what a call drew, and keeps what it proved, as its end demands. */
  end(charge: Charge, result: RecordResult, atMs: number): void;
  /** Puts evidence in by hand, until a wall-clock time, or for as long as the session lasts. */
  putEvidence(name: string, session: string, untilMs: number | null, atMs: number): void;
  /** Empties a pot, by the name that it has in the ledger. */
  reset(pot: string, atMs: number): void;
}

/** An empty stage: nothing was drawn, nothing was called. */
export function createStage({ policy, budgets, evidence }: StagedPolicy): Stage {
  let count = 0;
  let nowMs = 0;
  let approved = false;
  const ledger = createMemoryLedger({ newId: () => `r${(count += 1)}` });
  const watched = watchedTools(policy);
  const gate: LimitsGate = {
    budgets: () => budgets,
    watched: () => watched,
    evidence: () => evidence,
    ledger,
    nowMs: () => nowMs,
    note: () => undefined,
  };
  const approvals: ApprovalGate = {
    defaults: { timeoutMs: 0, onTimeout: 'deny', channels: [] },
    policyDigest: () => '',
    consult: () => (approved ? { kind: 'passes', note: AGREED } : { kind: 'ask', id: 'replay' }),
    foresee: () => ({ kind: 'ask' }),
  };
  const pipeline = policyLayer(limitsLayer(approvalLayer(forward, approvals), gate), () => policy);
  return {
    play(subject, options) {
      nowMs = options.atMs;
      approved = options.approved;
      count += 1;
      return playedOf(pipeline.rule(callOf(subject, `replay-${count}`, options.paid)));
    },
    end: (charge, result, atMs) => settleCharge(ledger, charge, result, atMs, () => undefined),
    putEvidence: (name, session, untilMs, atMs) =>
      void ledger.mark({ session, key: handKey(name), untilMs }, atMs),
    reset: (pot, atMs) => void ledger.reset(pot, 'as in the log', 'replay', atMs),
  };
}

const AGREED: ApprovalNote = {
  id: null,
  state: 'approved',
  approver: null,
  channel: null,
  presence: null,
  reason: null,
  waited_ms: 0,
  escalated_at: null,
  remembered: null,
};

function callOf(subject: Subject, requestId: string, paid: Charge | undefined): GovernedCall {
  return {
    requestId,
    rpcId: null,
    direction: 'client-to-server',
    subject,
    argumentBytes: undefined,
    paramBytes: () => undefined,
    params: undefined,
    tools: { definition: () => null },
    approvalId: undefined,
    holdable: true,
    ...(paid === undefined ? {} : { paid }),
  };
}

function playedOf(ruling: Ruling): Played {
  const verdict = verdictOf(ruling);
  return {
    decision: decisionOf(ruling),
    rule: ruling.decision.rule,
    reason: verdict.enforced ? (verdict.reason ?? '') : ruling.decision.reason,
    message: messageOf(ruling),
    observed: observedOf(verdict),
    uncertain: verdict.shown.uncertain,
    charge: ruling.kind === 'forward' ? ruling.charge : undefined,
  };
}

function decisionOf(ruling: Ruling): PlayedDecision {
  switch (ruling.kind) {
    case 'forward':
      return ruling.approval === undefined ? 'allow' : 'require_approval';
    case 'hold':
      return 'require_approval';
    case 'dry-run':
      return 'dry_run';
    case 'deny':
      return 'deny';
  }
}

function messageOf(ruling: Ruling): string | undefined {
  if (ruling.kind === 'deny') return ruling.denial.message;
  return ruling.kind === 'dry-run' ? ruling.answer.text : undefined;
}

function observedOf({ enforced, decision, shown, reason }: Verdict): Played['observed'] {
  return enforced ? undefined : { decision, rule: shown.rule, reason: reason ?? '' };
}
