import type { VNode } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { argumentDiff } from '../../../approvals/argument-diff.js';
import { warningsOf } from '../../../approvals/warnings.js';
import { KEY_GUARD_MS } from '../../../platform/bounds.js';
import { createKeyGuard } from '../../../platform/key-guard.js';
import type { Approval } from '../../contract/approvals.js';
import type { Api, ApprovalEnd } from '../api/client.js';
import type { Waiting } from '../live/waiting.js';
import { endWords, type ShownRequest } from '../parts/approval-words.js';
import { PAGE_CLOCK } from '../parts/clock.js';
import { fullTime, number } from '../parts/format.js';
import { useRead } from '../parts/hooks.js';
import { Loading, Notice, Trouble } from '../parts/notice.js';
import { Json, Lines, Shown, ShownOrNone } from '../parts/shown.js';
import { TimeLeft } from '../parts/time-left.js';
import { AnswerBar } from './answer-bar.js';

interface ApprovalDetailProps {
  readonly api: Api;
  readonly id: string;
  /** Undefined where it does not wait any more. */
  readonly waiting: Waiting | undefined;
  /** Undefined while it waits. */
  readonly end: ApprovalEnd | null | undefined;
  readonly next: string | undefined;
  readonly onNext: (id: string) => void;
  readonly onAnswered: () => void;
}

/** Everything about one call, and the answers that it takes. */
export function ApprovalDetail(props: ApprovalDetailProps): VNode {
  const { api, id, waiting, end } = props;
  const read = useRead(() => api.approval(id), [id, waiting?.view.undelivered.length, end === undefined]);
  const approval = read.value;
  return (
    <section class="detail answerable" aria-label="The chosen call">
      {read.failure === null ? null : <Trouble failure={read.failure} again={read.again} />}
      {approval === null ? (
        read.failure === null ? (
          <Loading what="the call" />
        ) : null
      ) : (
        <Call {...props} approval={approval} />
      )}
    </section>
  );
}

/** Whether who answers could see what for: a moment passed since the call came into view, and its end was seen. */
function useSight(digest: string): {
  readonly mayAnswer: () => boolean;
  readonly isSettled: boolean;
  readonly wasRead: boolean;
  readonly endRef: { current: HTMLDivElement | null };
} {
  const guard = useRef(createKeyGuard(PAGE_CLOCK));
  const endRef = useRef<HTMLDivElement | null>(null);
  const [isSettled, setSettled] = useState(false);
  const [wasRead, setRead] = useState(false);
  useEffect(() => {
    guard.current.focus(digest);
    setSettled(false);
    setRead(false);
    const timer = setTimeout(() => setSettled(true), KEY_GUARD_MS);
    const seen = new IntersectionObserver((changes) => {
      if (changes.some(({ isIntersecting }) => isIntersecting)) setRead(true);
    });
    if (endRef.current !== null) seen.observe(endRef.current);
    return () => {
      clearTimeout(timer);
      seen.disconnect();
    };
  }, [digest]);
  return { mayAnswer: () => guard.current.accepts(), isSettled, wasRead, endRef };
}

function Call(props: ApprovalDetailProps & { readonly approval: Approval }): VNode {
  const { api, waiting, end, next, onNext, onAnswered, approval } = props;
  const { request } = approval;
  const sight = useSight(request.digest);
  const isOver = end !== undefined || approval.end !== null;
  return (
    <>
      <div class="reading" tabIndex={0} role="group" aria-label="What would run">
        <h2>
          <Shown text={request.server} /> › <Shown text={request.tool ?? request.target ?? request.method} />
        </h2>
        {waiting === undefined ? null : <TimeLeft overAtMs={waiting.overAtMs} words=" left" />}
        <Warnings request={request} />
        <Undelivered approval={approval} />
        <Facts request={request} />
        <Rules rules={request.rules} />
        <h3>Arguments, {number(request.arg_size)} bytes</h3>
        {request.arguments_complete ? (
          <Json value={request.arguments} label="The arguments" />
        ) : (
          <p>They are too large to be shown whole.</p>
        )}
        <div class="end-mark muted" ref={sight.endRef}>
          end of the arguments
        </div>
        <Changes approval={approval} />
      </div>
      {isOver ? (
        <Notice tone="plain">
          <p>
            This call is over: <Shown text={endWords(end ?? approval.end)} />
          </p>
          {next === undefined ? null : (
            <button type="button" onClick={() => onNext(next)}>
              Look at the next call
            </button>
          )}
        </Notice>
      ) : (
        <AnswerBar api={api} approval={approval} sight={sight} onAnswered={onAnswered} />
      )}
    </>
  );
}

function Warnings({ request }: { readonly request: ShownRequest }): VNode | null {
  const warnings = useMemo(() => warningsOf(request), [request]);
  if (warnings.length === 0) return null;
  return (
    <Notice tone="bad">
      <Lines lines={warnings} />
    </Notice>
  );
}

function Undelivered({ approval: { undelivered } }: { readonly approval: Approval }): VNode | null {
  if (undelivered.length === 0) return null;
  return (
    <Notice tone="wait">
      <p>Not everybody was reached:</p>
      <ul class="lines">
        {undelivered.map(({ channel, why, at }) => (
          <li>
            <Shown text={channel} /> at {fullTime(at)}: <Shown text={why} />
          </li>
        ))}
      </ul>
    </Notice>
  );
}

function Facts({ request }: { readonly request: ShownRequest }): VNode {
  const facts: readonly (readonly [string, string | null])[] = [
    ['Id', request.id],
    ['Agent', request.agent],
    ['Client', request.client],
    ['Method', request.method],
    ['Target', request.target],
    ['Folder', request.project],
    ['Session', request.session],
    ['Asked in', request.channels.join(', ')],
  ];
  return (
    <dl class="facts">
      {facts.map(([name, text]) => (
        <>
          <dt>{name}</dt>
          <dd>
            <ShownOrNone text={text} />
          </dd>
        </>
      ))}
      <dt>Asked at</dt>
      <dd>{fullTime(request.created_at)}</dd>
    </dl>
  );
}

function Rules({ rules }: { readonly rules: ShownRequest['rules'] }): VNode {
  return (
    <>
      <h3>{rules.length === 1 ? 'The rule that asks' : 'The rules that ask'}</h3>
      <ul class="lines">
        {rules.map(({ layer, name, message }) => (
          <li>
            <Shown text={`${layer}/${name}`} />
            {message === null ? null : (
              <>
                : <Shown text={message} />
              </>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

/** What changed since the last approved call of the same tool. */
function Changes({
  approval: { request, last_approved: last },
}: {
  readonly approval: Approval;
}): VNode | null {
  const lines = useMemo(
    () => (last === null ? [] : argumentDiff(last.arguments, request.arguments)),
    [last, request],
  );
  if (last === null) return null;
  return (
    <>
      <h3>Compared with the last approved call</h3>
      <p class="muted">
        <Shown text={endWords(last.end)} />
      </p>
      <ul class="lines diff">
        {lines.map(({ kind, text }) => (
          <li class={kind}>
            <bdi class="shown">{text}</bdi>
          </li>
        ))}
      </ul>
    </>
  );
}
