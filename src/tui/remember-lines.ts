import { shownConditions } from '../approvals/remember/edit-conditions.js';
import type { ApprovalRequest } from '../approvals/request.js';
import { nameOf } from './end-text.js';
import { revealed } from '../platform/hidden-characters.js';
import type { Line } from './line.js';
import type { RememberDraft } from './remember-draft.js';
import { NARROW_COLUMNS } from './layout.js';
import { wrapped } from './wrap-text.js';

/** The pane in which a remembered answer is edited: at most `height` lines, the chosen condition among them. */
export function rememberLines(
  draft: RememberDraft,
  request: ApprovalRequest,
  columns: number,
  height: number,
): Line[] {
  const conditions = conditionLines(draft, columns);
  const shown = shownConditions(draft.remembered.input);
  const isEmpty = shown.every(({ kind }) => kind === 'any or none');
  const count = `${shown.length} condition${shown.length === 1 ? '' : 's'}`;
  const head: Line[] = [
    { tone: 'heading', text: `${draft.isConfirming ? 'save' : 'remember'}: ${nameOf(request)}` },
    isEmpty
      ? { tone: 'warning', text: 'with ANY arguments' }
      : { tone: 'plain', text: `${count}, all must hold (j, k):` },
  ];
  const scope =
    columns < NARROW_COLUMNS ? shortScope(draft) : `${scopeText(draft, request)}; ${expiryText(draft)}`;
  const tail: Line[] = [{ tone: 'plain', text: scope }];
  const room = Math.max(1, height - head.length - tail.length);
  const chosen = Math.max(
    0,
    conditions.findIndex(({ tone }) => tone === 'selected'),
  );
  const top = Math.max(0, Math.min(chosen, conditions.length - room));
  return [...head, ...conditions.slice(top, top + room), ...tail].slice(-height);
}

function conditionLines(draft: RememberDraft, columns: number): Line[] {
  return shownConditions(draft.remembered.input).flatMap(({ path, kind, shown }, index) => {
    const isChosen = index === draft.row;
    const value = kind === 'equals' ? `= ${shown}` : kind === 'within folder' ? `in ${shown}` : shown;
    const rows = wrapped(`${isChosen ? '>' : ' '} ${revealed(path)} ${revealed(value)}`, columns - 1);
    return rows.map((text): Line => ({ tone: isChosen ? 'selected' : 'plain', text }));
  });
}

function scopeText({ remembered, scopes }: RememberDraft, request: ApprovalRequest): string {
  const where = {
    session: 'in this session',
    project: `in ${revealed(request.project)}`,
    user: 'in all folders',
  }[remembered.scope];
  return scopes.length > 1
    ? `scope ${remembered.scope} of ${scopes.join(', ')}: ${where}`
    : `scope ${remembered.scope}: ${where}`;
}

function shortScope(draft: RememberDraft): string {
  const { scope } = draft.remembered;
  return scope === 'session' ? 'scope session' : `scope ${scope}, ${expiryText(draft)}`;
}

function expiryText({ remembered, expiry }: RememberDraft): string {
  if (remembered.scope === 'session') return 'until the session ends';
  return expiry === 'never' ? 'until it is revoked' : `for ${expiry}`;
}
