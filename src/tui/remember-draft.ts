import type { Remembered } from '../approvals/answer.js';
import type { AnswerDraft } from '../approvals/board.js';
import { dropCondition, widenCondition } from '../approvals/remember/edit-conditions.js';
import { proposeRemembered, scopesOf, whyNotRemembered } from '../approvals/remember/proposal.js';
import type { ApprovalRequest, RememberScope } from '../approvals/request.js';
import type { Step } from './screen-state.js';
import { noted, only, type ScreenState } from './screen-state.js';

/** An answer for later calls that is being edited. */
export interface RememberDraft {
  readonly remembered: Remembered;
  /** The scopes that the rule allows, from narrow to wide. */
  readonly scopes: readonly RememberScope[];
  readonly expiry: Expiry;
  /** The condition that keys change. */
  readonly row: number;
  /** Everything is shown once more, and one key saves it. */
  readonly isConfirming: boolean;
}

const EXPIRIES = ['1h', '1d', '1w', 'never'] as const;
type Expiry = (typeof EXPIRIES)[number];

const EXPIRY_MS: Readonly<Record<Exclude<Expiry, 'never'>, number>> = {
  '1h': 60 * 60 * 1000,
  '1d': 24 * 60 * 60 * 1000,
  '1w': 7 * 24 * 60 * 60 * 1000,
};

/** Opens the editor with the narrowest proposal, or says why nothing can be remembered. */
export function startRemembering(state: ScreenState, request: ApprovalRequest): Step {
  const why = whyNotRemembered(request);
  const scopes = scopesOf(request);
  const [scope] = scopes;
  if (why !== null || scope === undefined) {
    return only(noted(state, 'warning', `cannot be remembered: ${why ?? 'the rule allows no scope'}`));
  }
  const remembered = proposeRemembered(request, scope);
  const draft: RememberDraft = { remembered, scopes, expiry: '1d', row: 0, isConfirming: false };
  return only({ ...state, notice: null, mode: { kind: 'remember', id: request.id, draft } });
}

/** The approval of this call and of those like it until the session ends; or why not. */
export function sessionDraft(request: ApprovalRequest): AnswerDraft | { readonly why: string } {
  const why = whyNotRemembered(request);
  if (why !== null) return { why: `not for the session: ${why}` };
  return { decision: 'approved', reason: null, remember: proposeRemembered(request, 'session') };
}

/** The conditions' paths in their order. */
export function pathsOf(draft: RememberDraft): readonly string[] {
  return Object.keys(draft.remembered.input);
}

export function widened(draft: RememberDraft): RememberDraft {
  const path = pathsOf(draft)[draft.row];
  return path === undefined ? draft : { ...draft, remembered: widenCondition(draft.remembered, path) };
}

export function dropped(draft: RememberDraft): RememberDraft {
  const path = pathsOf(draft)[draft.row];
  return path === undefined ? draft : { ...draft, remembered: dropCondition(draft.remembered, path) };
}

export function withNextScope(draft: RememberDraft): RememberDraft {
  const scope = after(draft.scopes, draft.remembered.scope);
  return { ...draft, remembered: { ...draft.remembered, scope } };
}

export function withNextExpiry(draft: RememberDraft): RememberDraft {
  return { ...draft, expiry: after(EXPIRIES, draft.expiry) };
}

/** What is handed in: the expiry counts from now on; a session ends by itself. */
export function rememberedFrom(draft: RememberDraft, nowMs: number): Remembered {
  const { remembered, expiry } = draft;
  const isOpen = expiry === 'never' || remembered.scope === 'session';
  return { ...remembered, expires_at: isOpen ? null : new Date(nowMs + EXPIRY_MS[expiry]).toISOString() };
}

function after<Item>(items: readonly Item[], item: Item): Item {
  return items[(items.indexOf(item) + 1) % items.length] ?? item;
}
