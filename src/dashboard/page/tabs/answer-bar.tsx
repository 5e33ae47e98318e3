import type { VNode } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { Answered, Approval, RememberDraft } from '../../contract/approvals.js';
import type { Answer, Api, Failure } from '../api/client.js';
import { endWords, graveCode, isGrave, whyNotApprove } from '../parts/approval-words.js';
import { useKeys } from '../parts/hooks.js';
import { Notice, Trouble } from '../parts/notice.js';
import { Shown } from '../parts/shown.js';
import { ReasonForm } from './reason-form.js';
import { RememberPanel } from './remember-panel.js';

export interface AnswerBarProps {
  readonly api: Api;
  readonly approval: Approval;
  readonly sight: {
    readonly mayAnswer: () => boolean;
    readonly isSettled: boolean;
    readonly wasRead: boolean;
  };
  readonly onAnswered: () => void;
}

type Mode = 'answers' | 'deny' | 'remember' | 'break-glass';

/** A break-glass reason has at least ten visible characters. */
const BREAK_GLASS_REASON = /\S(?:.*\S.*){8}\S/s;

/** The answers: approve, deny with a reason, remember, break-glass. Each shows why it is not to be had. */
export function AnswerBar({ api, approval, sight, onAnswered }: AnswerBarProps): VNode {
  const { request, answerable, remember } = approval;
  const { id, digest } = request;
  const [mode, setMode] = useState<Mode>('answers');
  const [typed, setTyped] = useState('');
  const typedInto = useRef<HTMLInputElement | null>(null);
  const { result, isSending, send } = useSending(sight.mayAnswer, onAnswered);
  const whyNot = whyNotApprove(approval, { wasRead: sight.wasRead, typed });
  const isOpen = sight.isSettled && !isSending;

  function approve(draft: RememberDraft | null): void {
    if (whyNot === null)
      send(() => api.approve(id, { digest, ...(draft === null ? {} : { remember: draft }) }));
    else if (isGrave(request)) typedInto.current?.focus();
  }
  const open = (wanted: Mode, isThere: boolean) => () => {
    if (isThere) setMode(wanted);
  };
  const canRemember = remember.scopes.length > 0;
  useKeys({
    a: () => approve(null),
    d: open('deny', answerable.deny),
    r: open('remember', answerable.approve && canRemember),
    b: open('break-glass', answerable.approve),
    Escape: () => setMode('answers'),
  });
  if (result?.ok === true) return <Accepted answered={result.value} />;
  return (
    <div class="answers" role="group" aria-label="Answers">
      {result === null ? null : <Refused failure={result.failure} />}
      {answerable.command === null ? null : (
        <Notice tone="wait">
          <p>
            In a terminal of the machine that holds the call:{' '}
            <code>
              <Shown text={answerable.command} />
            </code>
          </p>
        </Notice>
      )}
      {isGrave(request) && answerable.approve ? (
        <label class="wide">
          The last four characters of the id, since this call is grave
          <input
            ref={typedInto}
            value={typed}
            autoComplete="off"
            size={6}
            maxLength={graveCode(request).length}
            onInput={({ currentTarget }) => setTyped(currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && !event.repeat) approve(null);
            }}
          />
        </label>
      ) : null}
      {whyNot === null ? null : (
        <p class="why-not" id="why-not">
          <Shown text={whyNot} />
        </p>
      )}
      {mode === 'answers' ? (
        <div class="bar">
          <button
            type="button"
            class="main"
            aria-disabled={!isOpen || whyNot !== null}
            aria-describedby={whyNot === null ? undefined : 'why-not'}
            onClick={() => approve(null)}
          >
            Approve this call
          </button>
          <button
            type="button"
            class="danger"
            aria-disabled={!isOpen || !answerable.deny}
            onClick={open('deny', answerable.deny)}
          >
            Deny …
          </button>
          <button
            type="button"
            aria-disabled={!answerable.approve || !canRemember}
            title={remember.why_not ?? undefined}
            onClick={open('remember', answerable.approve && canRemember)}
          >
            Remember …
          </button>
          <button
            type="button"
            aria-disabled={!answerable.approve}
            onClick={open('break-glass', answerable.approve)}
          >
            Break glass …
          </button>
        </div>
      ) : null}
      {mode === 'answers' && remember.why_not !== null && answerable.approve ? (
        <p class="muted">
          It cannot be remembered: <Shown text={remember.why_not} />
        </p>
      ) : null}
      {mode === 'deny' ? (
        <ReasonForm
          label="Why not; the agent reads it, and it may be empty"
          send="Deny this call"
          isEnough={() => true}
          isOpen={isOpen}
          onSend={(reason) => send(() => api.deny(id, { digest, reason: reason === '' ? null : reason }))}
          onBack={() => setMode('answers')}
        />
      ) : null}
      {mode === 'break-glass' ? (
        <ReasonForm
          label="What the emergency is, in at least ten characters. It is recorded before the call passes"
          send="Approve as an emergency"
          isEnough={(reason) => whyNot === null && BREAK_GLASS_REASON.test(reason)}
          isOpen={isOpen}
          onSend={(reason) => send(() => api.breakGlass(id, { digest, reason }))}
          onBack={() => setMode('answers')}
        />
      ) : null}
      {mode === 'remember' ? (
        <RememberPanel
          api={api}
          approval={approval}
          isOpen={isOpen && whyNot === null}
          onApprove={approve}
          onBack={() => setMode('answers')}
        />
      ) : null}
    </div>
  );
}

/** Sends one answer at a time, and none before the reader could see what for. */
function useSending(
  mayAnswer: () => boolean,
  onAnswered: () => void,
): {
  readonly result: Answer<Answered> | null;
  readonly isSending: boolean;
  readonly send: (answer: () => Promise<Answer<Answered>>) => void;
} {
  const [result, setResult] = useState<Answer<Answered> | null>(null);
  const [isSending, setSending] = useState(false);
  const isUnderWay = useRef(false);
  function send(answer: () => Promise<Answer<Answered>>): void {
    if (isUnderWay.current || !mayAnswer()) return;
    isUnderWay.current = true;
    setSending(true);
    void answer().then((came) => {
      isUnderWay.current = false;
      setSending(false);
      setResult(came);
      onAnswered();
    });
  }
  return { result, isSending, send };
}

function Accepted({ answered: { remembered } }: { readonly answered: Answered }): VNode {
  return (
    <Notice tone="good">
      <p>Your answer counted.</p>
      {remembered === null ? null : (
        <p>
          {remembered.saved ? 'It is kept for later calls.' : 'It counts for this call and was not kept: '}
          {remembered.trouble === null ? null : <Shown text={remembered.trouble} />}
        </p>
      )}
    </Notice>
  );
}

function Refused({ failure }: { readonly failure: Failure }): VNode {
  return failure.code === 'late' ? (
    <Notice tone="wait">
      Your answer came too late: <Shown text={endWords(failure.end ?? null)} />
    </Notice>
  ) : (
    <Trouble failure={failure} />
  );
}
