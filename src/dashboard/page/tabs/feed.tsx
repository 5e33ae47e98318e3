import type { VNode } from 'preact';
import { useMemo, useRef, useState } from 'preact/hooks';
import { revealed } from '../../../platform/hidden-characters.js';
import type { AuditEntry } from '../../contract/audit.js';
import type { Api } from '../api/client.js';
import type { Live, LiveState } from '../live/live.js';
import { EntryRow, NARROW_ROW_HEIGHT, ROW_HEIGHT } from '../parts/entry-row.js';
import { type FeedFilter, NO_FILTER, passes } from '../parts/entry-words.js';
import { counted, number } from '../parts/format.js';
import { useKeys, useLive } from '../parts/hooks.js';
import { useNarrow } from '../parts/narrow.js';
import { Empty, Notice } from '../parts/notice.js';
import { RowList } from '../parts/row-list.js';
import { EntryDetail } from './entry-detail.js';

/** The list as it stood when it was held, so that nothing moves under the reader. */
interface Held {
  readonly entries: readonly AuditEntry[];
  readonly added: number;
}

const DECISIONS = ['allow', 'deny', 'require_approval', 'limit', 'dry_run', 'refusal', 'event', 'session'];

/** What is recorded, as it happens, the newest first. */
export function Feed({ api, live }: { readonly api: Api; readonly live: Live }): VNode {
  const state = useLive(live);
  const isNarrow = useNarrow();
  const [filter, setFilter] = useState<FeedFilter>(NO_FILTER);
  const [isPaused, setPaused] = useState(false);
  const [held, setHeld] = useState<Held | null>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  const search = useRef<HTMLInputElement | null>(null);
  const all = useMemo(() => held?.entries ?? live.log.entries(), [held, state.feedVersion]);
  const rows = useMemo(() => all.filter((entry) => passes(entry, filter)).toReversed(), [all, filter]);
  const servers = useMemo(() => [...new Set(all.map(({ server }) => server))].sort(), [all]);

  function hold(isHeld: boolean): void {
    if (!isHeld) setHeld(null);
    else if (held === null) setHeld({ entries: live.log.entries(), added: live.log.added });
  }
  function pause(): void {
    setPaused(!isPaused);
    hold(!isPaused);
  }
  useKeys({ p: pause, '/': () => search.current?.focus(), Escape: () => setChosen(null) });
  return (
    <div class="with-detail">
      <section class="list-side">
        <h1>Feed</h1>
        <div class="bar" role="search">
          <button type="button" aria-pressed={isPaused} onClick={pause}>
            {isPaused ? 'Go on' : 'Pause'}
          </button>
          <input
            ref={search}
            type="search"
            placeholder="tool, server, agent, rule …"
            aria-label="Filter by a part of a name"
            value={filter.text}
            onInput={({ currentTarget }) => setFilter({ ...filter, text: currentTarget.value })}
          />
          <FilterSelects filter={filter} servers={servers} onChange={setFilter} />
        </div>
        <Standing
          live={live}
          state={state}
          held={held}
          shown={rows.length}
          onRelease={() => {
            setPaused(false);
            hold(false);
          }}
        />
        {rows.length === 0 ? (
          <NothingYet isFiltered={filter !== NO_FILTER && all.length > 0} />
        ) : (
          <RowList
            label="Records, the newest first"
            rows={rows}
            rowHeight={isNarrow ? NARROW_ROW_HEIGHT : ROW_HEIGHT}
            idOf={({ id }) => id}
            draw={(entry) => <EntryRow entry={entry} />}
            chosen={chosen}
            onChoose={setChosen}
            onTop={(isAtTop) => hold(isPaused || !isAtTop)}
          />
        )}
      </section>
      {chosen === null ? null : <EntryDetail api={api} id={chosen} onClose={() => setChosen(null)} />}
    </div>
  );
}

interface StandingProps {
  readonly live: Live;
  readonly state: LiveState;
  readonly held: Held | null;
  readonly shown: number;
  readonly onRelease: () => void;
}

/** How the list stands to what happens: live, held, or with a gap. */
function Standing({ live, state, held, shown, onRelease }: StandingProps): VNode {
  const fresh = held === null ? 0 : live.log.added - held.added;
  return (
    <>
      {state.missed === 0 ? null : (
        <Notice tone="wait">
          {state.missed === null ? 'Some records' : counted(state.missed, 'record')} came faster than they can
          be shown, or while the connection was lost. They are in the Audit tab.
        </Notice>
      )}
      <p class="standing muted">
        {counted(shown, 'record')}
        {held === null ? null : (
          <>
            , held while you read.{' '}
            <button type="button" onClick={onRelease}>
              {fresh === 0 ? 'Show the newest' : `Show ${number(fresh)} new`}
            </button>
          </>
        )}
      </p>
    </>
  );
}

function FilterSelects({
  filter,
  servers,
  onChange,
}: {
  readonly filter: FeedFilter;
  readonly servers: readonly string[];
  readonly onChange: (filter: FeedFilter) => void;
}): VNode {
  return (
    <>
      <select
        aria-label="Decision"
        value={filter.decision}
        onChange={({ currentTarget }) => onChange({ ...filter, decision: currentTarget.value })}
      >
        <option value="">any decision</option>
        {DECISIONS.map((decision) => (
          <option value={decision}>{decision.replaceAll('_', ' ')}</option>
        ))}
      </select>
      <select
        aria-label="Server"
        value={filter.server}
        onChange={({ currentTarget }) => onChange({ ...filter, server: currentTarget.value })}
      >
        <option value="">any server</option>
        {servers.map((server) => (
          <option value={server}>{revealed(server)}</option>
        ))}
      </select>
    </>
  );
}

function NothingYet({ isFiltered }: { readonly isFiltered: boolean }): VNode {
  return isFiltered ? (
    <Empty>
      No record that is kept here passes the filter. The Audit tab searches all that was ever recorded.
    </Empty>
  ) : (
    <Empty>
      Nothing was recorded yet. Point an agent at guard and let it call a tool: its calls appear here at once.
    </Empty>
  );
}
