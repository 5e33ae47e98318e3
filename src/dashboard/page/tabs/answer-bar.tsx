import type { VNode } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { Answered, Approval, RememberDraft } from '../../contract/approvals.js';
import type { Answer, Api } from '../api/client.js';
import { isGrave, whyNotApprove } from '../parts/approval-words.js';
import { useKeys } from '../parts/hooks.js';
import { Shown } from '../parts/shown.js';
import { Accepted, GraveField, InTerminal, Refused } from './answer-parts.js';
import { ReasonForm } from './reason-form.js';
import { RememberPanel } from './remember-panel.js';

interface AnswerBarProps {
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
  const [mode, setMode] = useState<Mode>('answers');
  const [typed, setTyped] = useState('');
  const typedInto = useRef<HTMLInputElement | null>(null);
  const { result, isSending, send } = useSending(sight.mayAnswer, onAnswered);
  const whyNot = whyNotApprove(approval, { wasRead: sight.wasRead, typed });
  const isOpen = sight.isSettled && !isSending;
  const isThere: Readonly<Record<Exclude<Mode, 'answers'>, boolean>> = {
    deny: answerable.deny,
    remember: answerable.approve && remember.scopes.length > 0,
    'break-glass': answerable.approve,
  };
  function approve(draft: RememberDraft | null): void {
    const more = draft === null ? {} : { remember: draft };
    if (whyNot === null) send(() => api.approve(request.id, { digest: request.digest, ...more }));
    else if (isGrave(request)) typedInto.current?.focus();
  }
  function open(wanted: Exclude<Mode, 'answers'>): void {
    if (isThere[wanted]) setMode(wanted);
  }
  useKeys({
    a: () => approve(null),
    d: () => open('deny'),
    r: () => open('remember'),
    b: () => open('break-glass'),
    Escape: () => setMode('answers'),
  });
  if (result?.ok === true) return <Accepted answered={result.value} />;
  return (
    <div class="answers" role="group" aria-label="Answers">
      {result === null ? null : <Refused failure={result.failure} />}
      {answerable.command === null ? null : <InTerminal command={answerable.command} />}
      {isGrave(request) && answerable.approve ? (
        <GraveField inputRef={typedInto} value={typed} onType={setTyped} onEnter={() => approve(null)} />
      ) : null}
      {whyNot === null ? null : (
        <p class="why-not" id="why-not">
          <Shown text={whyNot} />
        </p>
      )}
      {mode === 'answers' ? (
        <Buttons
          isOpen={isOpen}
          whyNot={whyNot}
          approval={approval}
          isThere={isThere}
          onApprove={() => approve(null)}
          onMode={open}
        />
      ) : (
        <Form
          mode={mode}
          api={api}
          approval={approval}
          isOpen={isOpen}
          mayApprove={whyNot === null}
          send={send}
          onApprove={approve}
          onBack={() => setMode('answers')}
        />
      )}
    </div>
  );
}

interface ButtonsProps {
  readonly isOpen: boolean;
  readonly whyNot: string | null;
  readonly approval: Approval;
  readonly isThere: Readonly<Record<Exclude<Mode, 'answers'>, boolean>>;
  readonly onApprove: () => void;
  readonly onMode: (mode: Exclude<Mode, 'answers'>) => void;
}

function Buttons({ isOpen, whyNot, approval, isThere, onApprove, onMode }: ButtonsProps): VNode {
  const { answerable, remember } = approval;
  return (
    <>
      <div class="bar">
        <button
          type="button"
          class="main"
          aria-disabled={!isOpen || whyNot !== null}
          aria-describedby={whyNot === null ? undefined : 'why-not'}
          onClick={onApprove}
        >
          Approve this call
        </button>
        <button
          type="button"
          class="danger"
          aria-disabled={!isOpen || !isThere.deny}
          onClick={() => onMode('deny')}
        >
          Deny …
        </button>
        <button type="button" aria-disabled={!isThere.remember} onClick={() => onMode('remember')}>
          Remember …
        </button>
        <button type="button" aria-disabled={!isThere['break-glass']} onClick={() => onMode('break-glass')}>
          Break glass …
        </button>
      </div>
      {remember.why_not === null || !answerable.approve ? null : (
        <p class="muted">
          It cannot be remembered: <Shown text={remember.why_not} />
        </p>
      )}
    </>
  );
}

interface FormProps {
  readonly mode: Exclude<Mode, 'answers'>;
  readonly api: Api;
  readonly approval: Approval;
  readonly isOpen: boolean;
  readonly mayApprove: boolean;
  readonly send: Send;
  readonly onApprove: (draft: RememberDraft) => void;
  readonly onBack: () => void;
}

/** What an answer needs beside the press: a reason, or the rule that is kept. */
function Form({ mode, api, approval, isOpen, mayApprove, send, onApprove, onBack }: FormProps): VNode {
  const { id, digest } = approval.request;
  switch (mode) {
    case 'deny':
      return (
        <ReasonForm
          label="Why not; the agent reads it, and it may be empty"
          send="Deny this call"
          isEnough={() => true}
          isOpen={isOpen}
          onSend={(reason) => send(() => api.deny(id, { digest, reason: reason === '' ? null : reason }))}
          onBack={onBack}
        />
      );
    case 'break-glass':
      return (
        <ReasonForm
          label="What the emergency is, in at least ten characters. It is recorded before the call passes"
          send="Approve as an emergency"
          isEnough={(reason) => mayApprove && BREAK_GLASS_REASON.test(reason)}
          isOpen={isOpen}
          onSend={(reason) => send(() => api.breakGlass(id, { digest, reason }))}
          onBack={onBack}
        />
      );
    case 'remember':
      return (
        <RememberPanel
          api={api}
          approval={approval}
          isOpen={isOpen && mayApprove}
          onApprove={onApprove}
          onBack={onBack}
        />
      );
  }
}

type Send = (answer: () => Promise<Answer<Answered>>) => void;

/** Sends one answer at a time, and none before the reader could see what for. */
function useSending(
  mayAnswer: () => boolean,
  onAnswered: () => void,
): {
  readonly result: Answer<Answered> | null;
  readonly isSending: boolean;
  readonly send: Send;
} {
  const [result, setResult] = useState<Answer<Answered> | null>(null);
  const [isSending, setSending] = useState(false);
  const isUnderWay = useRef(false);
  async function take(answer: () => Promise<Answer<Answered>>): Promise<void> {
    const came = await answer();
    isUnderWay.current = false;
    setSending(false);
    setResult(came);
    onAnswered();
  }
  const send: Send = (answer) => {
    if (isUnderWay.current || !mayAnswer()) return;
    isUnderWay.current = true;
    setSending(true);
    void take(answer);
  };
  return { result, isSending, send };
}
