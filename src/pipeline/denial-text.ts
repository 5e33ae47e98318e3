import type { Denial, DenialReason } from '../mcp/denial.js';
import type { Decision, DecisionReason } from '../policy/decision.js';
import type { GovernedCall } from './ruling.js';

/** What a denial says by itself; a rule's own feedback comes first. */
interface Wording {
  readonly reason: DenialReason;
  readonly message: (subject: string, rule: string) => string;
  readonly suggestion: string;
}

const BY_DECISION: Record<DecisionReason, Wording> = {
  rule: {
    reason: 'policy_denied',
    message: (subject, rule) => `${subject} is blocked by the policy rule "${rule}".`,
    suggestion:
      'Repeating the call will not help. Reach the goal another way, or ask the user to change the policy.',
  },
  default: {
    reason: 'policy_denied',
    message: (subject) => `${subject} is not allowed: no policy rule permits it.`,
    suggestion:
      'Repeating the call will not help. Use a permitted tool, or ask the user to change the policy.',
  },
  // The same words for a tool that exists and is hidden and for one that does not exist.
  'unlisted-tool': {
    reason: 'unlisted_tool',
    message: (subject) => `${subject} is not available.`,
    suggestion: "Use one of the server's listed tools, with its exact name.",
  },
  'unknown-method': {
    reason: 'unknown_method',
    message: (subject) => `${subject} is not a method that the policy knows.`,
    suggestion: 'Use a method of the Model Context Protocol.',
  },
  'tool-drift': {
    reason: 'tool_definition_drift',
    message: (subject) => `${subject} is blocked: its definition changed after it was first seen.`,
    suggestion: 'Ask the user to review the changed tool and to restart the server.',
  },
  'self-protection': {
    reason: 'self_protection',
    message: (subject) =>
      `${subject} is blocked: its arguments touch the files of the guard that protects this server.`,
    suggestion: 'These files are off limits. Do not try another way.',
  },
  'kill-switch': {
    reason: 'kill_switch',
    message: (subject) => `${subject} was not executed: the user stopped all tools with the kill switch.`,
    suggestion:
      'Stop working now. Call no other tool and do not try another way: tell the user that everything is stopped, and wait until they say that it goes on.',
  },
  'evaluation-failed': {
    reason: 'policy_failed',
    message: (subject) => `${subject} is blocked: the policy could not be evaluated.`,
    suggestion: 'Ask the user to look at the guard log.',
  },
};

/** The denial for a decision with effect deny. */
export function decisionDenial(call: GovernedCall, decision: Decision): Denial {
  const wording = BY_DECISION[decision.reason];
  const { feedback } = decision;
  return {
    reason: wording.reason,
    message: feedback?.message ?? wording.message(subjectName(call), decision.rule.name),
    suggestion: feedback?.suggestion ?? (feedback?.message === undefined ? wording.suggestion : ''),
    rule: decision.rule.name,
    action: 'deny',
    retryAllowed: false,
    requestId: call.requestId,
  };
}

/** The denial of a tool that is not listed, whether it does not exist or is hidden. */
export function unlistedDenial(call: GovernedCall): Denial {
  const wording = BY_DECISION['unlisted-tool'];
  return {
    reason: wording.reason,
    message: wording.message(subjectName(call), ''),
    suggestion: wording.suggestion,
    rule: 'unlisted_tools',
    action: 'deny',
    retryAllowed: false,
    requestId: call.requestId,
  };
}

/** The denial when something that the decision depends on is not there. */
export function unavailableDenial(
  call: GovernedCall,
  decision: Decision,
  reason: 'approval_unavailable' | 'audit_unavailable',
  why: string = UNAVAILABLE[reason].message,
): Denial {
  const text = UNAVAILABLE[reason];
  return {
    reason,
    message: `${subjectName(call)} is blocked: ${text.lead}${why}`,
    suggestion: text.suggestion,
    rule: decision.rule.name,
    action: text.action,
    retryAllowed: reason === 'audit_unavailable',
    requestId: call.requestId,
  };
}

const UNAVAILABLE = {
  approval_unavailable: {
    action: 'require_approval',
    lead: 'a person must approve it, and ',
    message: 'nobody can be asked.',
    suggestion: 'Ask the user to do this step, or to change the policy rule.',
  },
  audit_unavailable: {
    action: 'deny',
    lead: '',
    message: 'the audit log cannot be written, and nothing runs unrecorded.',
    suggestion: 'Tell the user that the audit log is failing. The call may pass once it works again.',
  },
} as const;

export function subjectName(call: GovernedCall): string {
  const { tool, prompt, method } = call.subject;
  if (tool !== undefined) return `The tool "${tool}"`;
  if (prompt !== undefined) return `The prompt "${prompt}"`;
  return `The request "${method}"`;
}
