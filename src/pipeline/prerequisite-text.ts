import type { CompiledEvidence, LackingEvidence } from '../limits/evidence.js';
import type { MissingTools } from '../limits/prerequisites.js';
import type { Denial } from '../mcp/denial.js';
import { DENIAL_DEPENDENCIES_MAX } from '../platform/bounds.js';
import type { Decision, RuleRef } from '../policy/decision.js';
import { subjectName } from './denial-text.js';
import type { GovernedCall } from './ruling.js';

const ACTION = 'requires';

/** The denial of a call whose rules require tools that were not called before: which, and what to do. */
export function missingDenial(
  call: GovernedCall,
  decision: Decision,
  missing: readonly MissingTools[],
): Denial {
  const tools = [...new Set(missing.flatMap((one) => one.tools))];
  const succeeded = missing.some(({ obligation }) => obligation.success);
  const rule = missing[0]?.obligation.rule;
  const isOwn = missing.some(({ obligation }) => isSameRule(obligation.rule, decision.rule));
  const done = succeeded ? 'succeeded' : 'been called';
  return {
    reason: 'dependency_missing',
    message: `${subjectName(call)} was not executed: ${listed(tools)} must have ${done} in this session before.`,
    suggestion: [
      isOwn ? decision.feedback?.suggestion : undefined,
      `Call ${listed(tools)} first; then the same call passes.`,
    ]
      .filter((part) => part !== undefined && part !== '')
      .join(' '),
    rule: rule?.name ?? null,
    action: ACTION,
    retryAllowed: true,
    missingDependencies: tools.slice(0, DENIAL_DEPENDENCIES_MAX),
    requestId: call.requestId,
  };
}

/** The denial of a call whose rules require evidence that is not in, or no longer counts. */
export function lackingDenial(
  call: GovernedCall,
  decision: Decision,
  lacking: readonly LackingEvidence[],
  { list }: CompiledEvidence,
): Denial {
  const missing = namesOf(lacking, 'missing');
  const expired = namesOf(lacking, 'expired');
  const parts = [
    missing.length === 0 ? undefined : `it requires evidence of ${listed(missing)}, which was not put in`,
    expired.length === 0 ? undefined : `its evidence of ${listed(expired)} has expired`,
  ].filter((part) => part !== undefined);
  const keys = new Set(lacking.map(({ key }) => key));
  const tools = [...new Set(list.flatMap((one) => (keys.has(one.key) ? one.tools : [])))];
  const isOwn = lacking.some(({ obligation }) => isSameRule(obligation.rule, decision.rule));
  return {
    reason: missing.length > 0 ? 'evidence_missing' : 'evidence_expired',
    message: `${subjectName(call)} was not executed: ${parts.join(', and ')}.`,
    suggestion: [
      isOwn ? decision.feedback?.suggestion : undefined,
      tools.length > 0
        ? `A success of ${listed(tools)} puts it in: call that first, then the same call passes.`
        : 'Ask the user for it; once it is in, the same call passes.',
    ]
      .filter((part) => part !== undefined && part !== '')
      .join(' '),
    rule: lacking[0]?.obligation.rule.name ?? null,
    action: ACTION,
    retryAllowed: true,
    missingEvidence: [...missing, ...expired].slice(0, DENIAL_DEPENDENCIES_MAX),
    requestId: call.requestId,
  };
}

function namesOf(lacking: readonly LackingEvidence[], state: LackingEvidence['state']): string[] {
  return [...new Set(lacking.filter((one) => one.state === state).map(({ name }) => name))];
}

/** The denial of a call that requires earlier ones of its session, where the session is not known. */
export function unresolvedDenial(call: GovernedCall, rule: RuleRef): Denial {
  return {
    reason: 'session_unresolved',
    message: `${subjectName(call)} was not executed: it requires earlier calls of its session, and the session of this call is not known.`,
    suggestion:
      'Repeating the call will not help. Ask the user to start guard with --session or with GUARD_SESSION set.',
    rule: rule.name,
    action: ACTION,
    retryAllowed: false,
    requestId: call.requestId,
  };
}

/** The denial where nobody can tell what was called before. Why is for the person, on stderr and in the log. */
export function unknownMarksDenial(call: GovernedCall, rule: RuleRef): Denial {
  return {
    reason: 'limits_unavailable',
    message: `${subjectName(call)} is blocked: it requires earlier calls, and which were made cannot be looked up now.`,
    suggestion: 'Tell the user that guard cannot read its ledger. The call may pass once that works again.',
    rule: rule.name,
    action: ACTION,
    retryAllowed: true,
    requestId: call.requestId,
  };
}

function isSameRule(first: RuleRef, second: RuleRef): boolean {
  return first.layer === second.layer && first.index === second.index;
}

function listed(tools: readonly string[]): string {
  const shown = tools.slice(0, DENIAL_DEPENDENCIES_MAX).map((tool) => `"${tool}"`);
  const more = tools.length - shown.length;
  if (more > 0) shown.push(`${more} more`);
  const last = shown.pop() ?? '';
  return shown.length === 0 ? last : `${shown.join(', ')} and ${last}`;
}
