import type { ApprovalTerms } from '../approvals/terms.js';
import { type DryRunAnswer, machineForm } from '../mcp/denial.js';
import type { JsonObject } from '../platform/json.js';
import type { Decision } from '../policy/decision.js';
import type { GovernedCall, Rehearsal } from './ruling.js';

/** What a call is called in a dry run that would have passed, been asked about, or been denied. */
export const WOULD = { forward: 'allow', ask: 'require_approval', deny: 'deny' } as const;

/** What a call that was only tried is told: what would have happened, and that nothing did. */
export function dryRunAnswer(call: GovernedCall, decision: Decision, rehearsal: Rehearsal): DryRunAnswer {
  const { limits = [] } = rehearsal;
  const isDenied = rehearsal.kind === 'deny';
  return {
    text: `Dry run: nothing was executed. ${wouldText(decision, rehearsal)}`,
    form: {
      dry_run: true,
      would: WOULD[rehearsal.kind],
      would_forward: rehearsal.kind === 'forward',
      // A denial names the rule that the agent may know of.
      rule: isDenied ? rehearsal.denial.rule : decision.rule.name,
      ...(limits.length === 0 ? {} : { limits: [...limits] }),
      ...(rehearsal.kind === 'ask' ? { approval: approvalForm(rehearsal.terms) } : {}),
      ...(isDenied ? { denial: machineForm(rehearsal.denial) } : {}),
      request_id: call.requestId,
    },
  };
}

/** How a person would have been asked, for the log and as data. */
export function approvalForm({ rules, channels, timeoutMs }: ApprovalTerms): JsonObject {
  return {
    state: 'not-asked',
    rules: rules.map(({ layer, name }) => `${layer}/${name}`),
    channels: [...channels],
    timeout_ms: timeoutMs,
  };
}

function wouldText({ rule }: Decision, rehearsal: Rehearsal): string {
  switch (rehearsal.kind) {
    case 'forward':
      return `This call would have been forwarded (rule "${rule.name}").${drawsText(rehearsal)}`;
    case 'ask': {
      const { rules } = rehearsal.terms;
      const names = rules.map(({ layer, name }) => `${layer}/${name}`).join(', ');
      const messages = rules.flatMap(({ message }) => (message === null ? [] : [`${message}.`]));
      const asked = [`A person would have been asked to approve this call (${names}).`, ...messages];
      return `${asked.join(' ')}${drawsText(rehearsal)}`;
    }
    case 'deny': {
      const { message, suggestion } = rehearsal.denial;
      return `This call would have been denied: ${message} ${suggestion}`.trimEnd();
    }
  }
}

/** What it would have drawn. */
function drawsText({ limits = [] }: Rehearsal): string {
  if (limits.length === 0) return '';
  const draws = limits.map(
    ({ pot, amount, currency }) => `${textOf(amount)} ${unitOf(currency, amount)} on ${textOf(pot)}`,
  );
  return ` It would have drawn ${draws.join(', ')}.`;
}

function unitOf(currency: JsonObject[string] | undefined, amount: JsonObject[string] | undefined): string {
  if (typeof currency === 'string') return currency;
  return amount === '1' ? 'call' : 'calls';
}

function textOf(value: JsonObject[string] | undefined): string {
  return typeof value === 'string' ? value : '';
}
