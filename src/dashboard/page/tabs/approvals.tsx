import type { VNode } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { riskMark } from '../../../approvals/warnings.js';
import type { EndedApprovalView } from '../../contract/approvals.js';
import type { Api } from '../api/client.js';
import type { Live } from '../live/live.js';
import type { Waiting } from '../live/waiting.js';
import { endWords } from '../parts/approval-words.js';
import { PAGE_CLOCK } from '../parts/clock.js';
import { Badge } from '../parts/entry-row.js';
import { rowTime } from '../parts/format.js';
import { useLive } from '../parts/hooks.js';
import { Empty, Loading, Notice } from '../parts/notice.js';
import { RowList } from '../parts/row-list.js';
import { Lines, Shown } from '../parts/shown.js';
import { TimeLeft } from '../parts/time-left.js';
import { ApprovalDetail } from './approval-detail.js';

const ROW_HEIGHT = 64;

/** The calls that wait for a person, the oldest first; the chosen one stays until another is chosen. */
export function Approvals({ api, live }: { readonly api: Api; readonly live: Live }): VNode {
  const { calls, isRead, trouble } = useLive(live);
  const { pending, history, ended } = calls;
  const [chosen, setChosen] = useState<string | null>(null);
  const first = pending[0]?.view.request.id;
  // Only where nothing is looked at: a call never moves under a finger that was meant for another one.
  useEffect(() => {
    if (chosen === null && first !== undefined) setChosen(first);
  }, [chosen, first]);
  return (
    <div class="with-detail approvals">
      <section class="list-side">
        <h1>Approvals</h1>
        {trouble === null ? null : (
          <Notice tone="bad">
            <Shown text={trouble} />{' '}
            <button type="button" onClick={() => void live.refresh()}>
              Try again
            </button>
          </Notice>
        )}
        {calls.troubles.length === 0 ? null : (
          <Notice tone="wait">
            <Lines lines={calls.troubles} />
          </Notice>
        )}
        {!isRead && trouble === null ? <Loading what="what waits" /> : null}
        {isRead && pending.length === 0 ? (
          <Empty>
            No call waits. Calls of a rule with “action: require_approval” appear here the moment an agent
            makes them.
          </Empty>
        ) : null}
        {pending.length === 0 ? null : (
          <RowList
            label="Calls that wait, the oldest first"
            rows={pending}
            rowHeight={ROW_HEIGHT}
            idOf={({ view }) => view.request.id}
            draw={(waiting) => <WaitingRow waiting={waiting} />}
            chosen={chosen}
            onChoose={setChosen}
          />
        )}
        <History history={history} chosen={chosen} onChoose={setChosen} />
      </section>
      {chosen === null ? null : (
        <ApprovalDetail
          key={chosen}
          api={api}
          id={chosen}
          waiting={pending.find(({ view }) => view.request.id === chosen)}
          end={ended.has(chosen) ? (ended.get(chosen) ?? null) : undefined}
          next={pending.find(({ view }) => view.request.id !== chosen)?.view.request.id}
          onNext={setChosen}
          onAnswered={() => void live.refresh()}
        />
      )}
    </div>
  );
}

function WaitingRow({ waiting: { view, overAtMs } }: { readonly waiting: Waiting }): VNode {
  const { request } = view;
  const risk = useMemo(() => riskMark(request), [request]);
  return (
    <>
      <span class="subject">
        {risk === '' ? null : (
          <span class="risk" title="read this one with care">
            {risk}
          </span>
        )}
        <Shown text={request.server} /> <span class="muted">›</span>{' '}
        <Shown text={request.tool ?? request.target ?? request.method} />
      </span>
      <TimeLeft overAtMs={overAtMs} />
      <span class="agent muted">
        {view.undelivered.length === 0 ? null : (
          <>
            <Badge tone="bad">not delivered everywhere</Badge>{' '}
          </>
        )}
        {request.agent === null ? 'agent not known' : <Shown text={request.agent} />}
      </span>
    </>
  );
}

interface HistoryProps {
  readonly history: readonly EndedApprovalView[];
  readonly chosen: string | null;
  readonly onChoose: (id: string) => void;
}

/** What was answered last, by whom and where. */
function History({ history, chosen, onChoose }: HistoryProps): VNode | null {
  if (history.length === 0) return null;
  return (
    <details class="history">
      <summary>Answered before ({history.length})</summary>
      <ul class="stack">
        {history.map(({ request, end }) => (
          <li>
            <button
              type="button"
              class="plain"
              aria-pressed={chosen === request.id}
              onClick={() => onChoose(request.id)}
            >
              {rowTime(end.ended_at, PAGE_CLOCK.wallMs())} <Shown text={request.server} /> ›{' '}
              <Shown text={request.tool ?? request.target ?? request.method} />:{' '}
              <Shown text={endWords(end)} />
            </button>
          </li>
        ))}
      </ul>
    </details>
  );
}
