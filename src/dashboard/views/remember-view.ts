import type { Remembered } from '../../approvals/answer.js';
import { dropCondition, shownConditions, widenCondition } from '../../approvals/remember/edit-conditions.js';
import { proposeRemembered, whyNotRemembered } from '../../approvals/remember/proposal.js';
import type { ApprovalRequest } from '../../approvals/request.js';
import { messageOf } from '../../platform/errors.js';
import { printable } from '../../platform/printable.js';
import type { RememberDraft, RememberedRule } from '../contract/approvals.js';
import { Stop } from '../http/reply.js';

/**
 * What a draft comes to: the narrowest rule for the call, widened step by step. The conditions are never
 * the page's own words. Throws Stop `refused`.
 */
export function rememberedOf(request: ApprovalRequest, draft: RememberDraft): Remembered {
  const why = whyNotRemembered(request);
  if (why !== null) throw new Stop('refused', `it cannot be remembered: ${why}`);
  let remembered: Remembered;
  try {
    remembered = proposeRemembered(request, draft.scope);
  } catch (error) {
    throw new Stop('refused', messageOf(error));
  }
  for (const { path, do: step } of draft.steps ?? []) {
    if (!Object.hasOwn(remembered.input, path))
      throw new Stop('refused', 'there is no condition of this path');
    remembered = step === 'widen' ? widenCondition(remembered, path) : dropCondition(remembered, path);
  }
  return { ...remembered, expires_at: expiryOf(remembered, draft) };
}

/** Until when; what ends with its session has no other end. Throws Stop `refused`. */
function expiryOf(proposed: Remembered, { scope, expires_at: asked }: RememberDraft): string | null {
  if (asked === undefined) return proposed.expires_at;
  if (scope === 'session' && asked !== null) throw new Stop('refused', 'it ends with the session');
  if (asked !== null && Number.isNaN(Date.parse(asked))) {
    throw new Stop('refused', 'expires_at is no time that there is');
  }
  return asked;
}

function untilWhen({ scope, expires_at: expiresAt }: Remembered): string {
  if (expiresAt !== null) return `until ${expiresAt},`;
  return scope === 'session' ? 'until the session ends,' : 'until it is revoked,';
}

/** The whole rule in words. */
export function rememberedView(request: ApprovalRequest, remembered: Remembered): RememberedRule {
  const conditions = shownConditions(remembered.input);
  const isOpen = conditions.every(({ kind }) => kind === 'any or none');
  const where = {
    session: 'in this session',
    project: `where guard runs in ${request.project}`,
    user: 'in all folders of this user',
  }[remembered.scope];
  return {
    scope: remembered.scope,
    expires_at: remembered.expires_at,
    lines: [
      `Calls of ${request.tool ?? request.method} at ${request.server} pass without asking, ${where},`,
      untilWhen(remembered),
      ...(isOpen
        ? ['with ANY arguments.']
        : [
            'where all of this holds and there is no other argument:',
            ...conditions.map(({ shownPath, kind, shown }) => `${shownPath} ${kind} ${shown}`),
          ]),
      'It ends when the definition of the tool or the rules that ask change.',
    ].map((line) => printable(line)),
    conditions: conditions.map(({ path, shownPath, kind, shown }) => ({
      path,
      shown_path: shownPath,
      kind,
      shown,
      can_widen: widenCondition(remembered, path) !== remembered,
      can_drop: kind !== 'any or none',
    })),
  };
}
