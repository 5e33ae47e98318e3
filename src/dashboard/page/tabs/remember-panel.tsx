import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { Approval, RememberDraft, RememberedRule } from '../../contract/approvals.js';
import type { Api } from '../api/client.js';
import { fullTime } from '../parts/format.js';
import { useRead } from '../parts/hooks.js';
import { Loading, Trouble } from '../parts/notice.js';
import { Lines } from '../parts/shown.js';

interface RememberPanelProps {
  readonly api: Api;
  readonly approval: Approval;
  readonly isOpen: boolean;
  readonly onApprove: (draft: RememberDraft) => void;
  readonly onBack: () => void;
}

type Scope = RememberDraft['scope'];
type Step = NonNullable<RememberDraft['steps']>[number];

const SCOPE_WORDS: Readonly<Record<Scope, string>> = {
  session: 'until the session ends',
  project: 'in this project',
  user: 'everywhere',
};

/** Shows the rule that an approval would keep, in full, lets it be widened, and only then saves it. */
export function RememberPanel({ api, approval, isOpen, onApprove, onBack }: RememberPanelProps): VNode {
  const { scopes } = approval.remember;
  const [draft, setDraft] = useState<RememberDraft>({ scope: scopes[0] ?? 'session' });
  const [shownDraft, setShownDraft] = useState<RememberDraft | null>(null);
  const read = useRead(async () => {
    const answer = await api.remember(approval.request.id, draft);
    if (answer.ok) setShownDraft(draft);
    return answer;
  }, [draft]);
  const isShown = read.value !== null && shownDraft === draft && read.failure === null;
  const step = (taken: Step): void => setDraft({ ...draft, steps: [...(draft.steps ?? []), taken] });
  return (
    <fieldset class="remember">
      <legend>Approve, and let such calls pass from now on</legend>
      <div class="bar">
        {scopes.map((scope) => (
          <label class="choice">
            <input
              type="radio"
              name="scope"
              checked={draft.scope === scope}
              onChange={() => setDraft({ ...draft, scope })}
            />
            {SCOPE_WORDS[scope]}
          </label>
        ))}
      </div>
      {read.failure === null ? null : <Trouble failure={read.failure} again={read.again} />}
      {read.value === null ? <Loading what="the rule" /> : <Rule rule={read.value} onStep={step} />}
      <div class="bar">
        <button
          type="button"
          class="main"
          disabled={!isOpen || !isShown}
          onClick={() => {
            if (isShown) onApprove(draft);
          }}
        >
          Save this rule and approve
        </button>
        <button
          type="button"
          disabled={(draft.steps ?? []).length === 0}
          onClick={() => setDraft({ scope: draft.scope })}
        >
          Take changes back
        </button>
        <button type="button" onClick={onBack}>
          Back
        </button>
      </div>
    </fieldset>
  );
}

function Rule({
  rule,
  onStep,
}: {
  readonly rule: RememberedRule;
  readonly onStep: (step: Step) => void;
}): VNode {
  return (
    <>
      <Lines lines={rule.lines} />
      <p class="muted">
        {rule.expires_at === null
          ? 'It ends with the session.'
          : `It stands until ${fullTime(rule.expires_at)}.`}
      </p>
      <ul class="conditions">
        {rule.conditions.map(
          ({ path, shown_path: shownPath, kind, shown, can_widen: canWiden, can_drop: canDrop }) => (
            <li>
              <code>
                <bdi>{shownPath}</bdi>
              </code>{' '}
              {kind} <bdi class="shown">{shown}</bdi>{' '}
              {canWiden ? (
                <button type="button" onClick={() => onStep({ path, do: 'widen' })}>
                  Widen
                </button>
              ) : null}{' '}
              {canDrop ? (
                <button type="button" onClick={() => onStep({ path, do: 'drop' })}>
                  Drop
                </button>
              ) : null}
            </li>
          ),
        )}
      </ul>
    </>
  );
}
