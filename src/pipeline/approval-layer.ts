import type { AskedCall, Consultation, Foresight } from '../approvals/asked-call.js';
import { bindingDigest } from '../approvals/binding.js';
import { approvalObligations, termsOf, type ApprovalDefaults } from '../approvals/terms.js';
import { canonicalJson } from '../platform/canonical-json.js';
import type { Decision } from '../policy/decision.js';
import { approvalDenial } from './approval-text.js';
import { paramText } from './call-text.js';
import { unavailableDenial } from './denial-text.js';
import type { Enforcer, GovernedCall, Rehearsal, Ruling } from './ruling.js';

/** Where calls wait for a person, as far as the pipeline sees it. */
export interface ApprovalGate {
  readonly defaults: ApprovalDefaults;
  /** Digest of the policy in force. */
  policyDigest(): string;
  /** What is known of the call; uses an answer up where one is there. */
  consult(call: AskedCall, approvalId: string | undefined): Consultation;
  /** What `consult` would come to for a call that comes for the first time; changes nothing. */
  foresee(call: AskedCall): Foresight;
}

/** Calls that a person must approve: they pass with an answer, and are held without one. */
export function approvalLayer(next: Enforcer<'forward'>, gate: ApprovalGate): Enforcer<'approval'> {
  return {
    stage: 'approval',
    rule: function approval(call, decision) {
      if (decision.obligations.length === 0 || approvalObligations(decision).length === 0) {
        return next.rule(call, decision);
      }
      const asked = askedCall(call, decision, gate);
      const answer = gate.consult(asked, call.approvalId);
      switch (answer.kind) {
        case 'passes': {
          const ruling = next.rule(call, decision);
          return ruling.kind === 'forward' ? { ...ruling, approval: answer.note } : ruling;
        }
        case 'stopped': {
          const denial = approvalDenial(call, decision, answer.note);
          return { kind: 'deny', decision, reason: denial.reason, denial, approval: answer.note };
        }
        case 'ask':
          return call.holdable
            ? { kind: 'hold', decision, asked, approvalId: answer.id }
            : unavailable(call, decision, NOT_HERE);
        case 'unavailable':
          return unavailable(call, decision, answer.why);
      }
    },
    rehearse: function approvalForeseen(call, decision) {
      if (approvalObligations(decision).length === 0) return next.rehearse(call, decision);
      const asked = askedCall(call, decision, gate);
      const foresight = gate.foresee(asked);
      switch (foresight.kind) {
        case 'passes':
          return next.rehearse(call, decision);
        case 'ask':
          if (call.holdable) return { kind: 'ask', terms: asked.terms };
          return unforeseen(call, decision, NOT_HERE);
        case 'unavailable':
          return unforeseen(call, decision, foresight.why);
      }
    },
  };
}

function unforeseen(call: GovernedCall, decision: Decision, why: string): Rehearsal {
  const reason = 'approval_unavailable';
  return { kind: 'deny', reason, denial: unavailableDenial(call, decision, reason, why) };
}

const NOT_HERE = 'this kind of message cannot wait for one.';

function unavailable(call: GovernedCall, decision: Decision, why: string): Ruling {
  const reason = 'approval_unavailable';
  return { kind: 'deny', decision, reason, denial: unavailableDenial(call, decision, reason, why) };
}

function askedCall(call: GovernedCall, decision: Decision, gate: ApprovalGate): AskedCall {
  const { subject } = call;
  const who = {
    agent: subject.agent ?? null,
    server: subject.server,
    method: subject.method,
    tool: subject.tool ?? null,
    target: subject.uri ?? subject.prompt ?? null,
    definition: subject.tool === undefined ? null : call.tools.definition(subject.tool),
  };
  return {
    ...who,
    digest: bindingDigest({ ...who, policy: gate.policyDigest(), params: paramText(call) }),
    terms: termsOf(decision, gate.defaults),
    requestId: call.requestId,
    client: subject.client ?? null,
    session: subject.session ?? null,
    arguments: subject.input,
    argSize: shownBytes(call)?.length ?? Buffer.byteLength(canonicalJson(subject.input)),
    standing: subject.standing,
    // A tool that only reads destroys nothing, whatever else it says (MCP schema, ToolAnnotations).
    destructive: subject.hints.destructiveHint && !subject.hints.readOnlyHint,
    readOnly: subject.hints.readOnlyHint,
  };
}

/** The bytes of what the person is shown: the arguments, or all params of what has none of its own. */
function shownBytes(call: GovernedCall): Uint8Array | undefined {
  return call.subject.input === call.params ? call.paramBytes() : call.argumentBytes;
}
