import type { Remembered } from '../../approvals/answer.js';
import { dropCondition, widenCondition } from '../../approvals/remember/edit-conditions.js';
import { proposeRemembered } from '../../approvals/remember/proposal.js';
import type { ApprovalRequest } from '../../approvals/request.js';
import type { JsonValue } from '../../platform/json.js';
import type { RememberDraft } from '../contract/approvals.js';

/** What leads from the proposal to this rule, as the API takes it; undefined where no steps do. */
export function stepsTo(request: ApprovalRequest, wanted: Remembered): RememberDraft | undefined {
  let proposal: Remembered;
  try {
    proposal = proposeRemembered(request, wanted.scope);
  } catch {
    return undefined;
  }
  const steps: NonNullable<RememberDraft['steps']> = [];
  for (const [path, condition] of Object.entries(wanted.input)) {
    const found = pathTo(proposal, path, condition);
    if (found === undefined) return undefined;
    steps.push(...found.map((step) => ({ path, do: step })));
  }
  const isWhole = Object.keys(proposal.input).every((path) => Object.hasOwn(wanted.input, path));
  const isAsProposed = proposal.expires_at === wanted.expires_at;
  const expiry = isAsProposed ? {} : { expires_at: wanted.expires_at };
  return isWhole ? { scope: wanted.scope, steps, ...expiry } : undefined;
}

function pathTo(proposal: Remembered, path: string, wanted: JsonValue): ('widen' | 'drop')[] | undefined {
  const once = widenCondition(proposal, path);
  const ways = [
    { steps: [], at: proposal },
    { steps: ['widen' as const], at: once },
    { steps: ['widen' as const, 'widen' as const], at: widenCondition(once, path) },
    { steps: ['drop' as const], at: dropCondition(proposal, path) },
  ];
  return ways.find(({ at }) => JSON.stringify(at.input[path]) === JSON.stringify(wanted))?.steps;
}
