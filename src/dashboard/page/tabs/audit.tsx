import type { VNode } from 'preact';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { PAGE_AUDIT_ENTRIES_MAX } from '../../../platform/bounds.js';
import { type Api, exportAddress, type Failure } from '../api/client.js';
import { EntryRow, NARROW_ROW_HEIGHT, ROW_HEIGHT } from '../parts/entry-row.js';
import { counted, number } from '../parts/format.js';
import { useKeys } from '../parts/hooks.js';
import { useNarrow } from '../parts/narrow.js';
import { Empty, Loading, Notice, Trouble } from '../parts/notice.js';
import { RowList } from '../parts/row-list.js';
import { Lines } from '../parts/shown.js';
import { AuditForm } from './audit-form.js';
import { type AuditFilter, auditQueryOf, type Found, NO_AUDIT_FILTER, withPage } from './audit-search.js';
import { EntryDetail } from './entry-detail.js';

/** Searches all that was recorded. */
export function Audit({ api }: { readonly api: Api }): VNode {
  const isNarrow = useNarrow();
  const [filter, setFilter] = useState<AuditFilter>(NO_AUDIT_FILTER);
  const [chosen, setChosen] = useState<string | null>(null);
  const search = useRef<HTMLInputElement | null>(null);
  const { found, failure, isReading, read } = useSearch(api, filter);
  useKeys({ '/': () => search.current?.focus(), Escape: () => setChosen(null) });
  return (
    <div class="with-detail">
      <section class="list-side">
        <h1>Audit</h1>
        <AuditForm searchRef={search} onSearch={setFilter} />
        {failure === null ? null : <Trouble failure={failure} again={() => read(null)} />}
        {found === null ? (
          isReading ? (
            <Loading what="the log" />
          ) : null
        ) : (
          <>
            <Standing found={found} isReading={isReading} filter={filter} onMore={() => read(found)} />
            {found.entries.length === 0 ? (
              <Empty>Nothing that was recorded passes. Take a filter away, or look further back.</Empty>
            ) : (
              <RowList
                label="Records, the newest first"
                rows={found.entries}
                rowHeight={isNarrow ? NARROW_ROW_HEIGHT : ROW_HEIGHT}
                idOf={({ id }) => id}
                draw={(entry) => <EntryRow entry={entry} />}
                chosen={chosen}
                onChoose={setChosen}
              />
            )}
          </>
        )}
      </section>
      {chosen === null ? null : <EntryDetail api={api} id={chosen} onClose={() => setChosen(null)} />}
    </div>
  );
}

interface Search {
  readonly found: Found | null;
  readonly failure: Failure | null;
  readonly isReading: boolean;
  /** Reads the page behind what was found, or the first one. */
  readonly read: (after: Found | null) => void;
}

/** Searches anew whenever the filter changes; the answer to an earlier one is dropped. */
function useSearch(api: Api, filter: AuditFilter): Search {
  const [found, setFound] = useState<Found | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [isReading, setReading] = useState(false);
  const turn = useRef(0);
  const read = useCallback(
    (after: Found | null) => {
      turn.current += 1;
      const mine = turn.current;
      setReading(true);
      async function take(): Promise<void> {
        const answer = await api.audit({ ...auditQueryOf(filter), cursor: after?.next ?? undefined });
        if (mine !== turn.current) return;
        setReading(false);
        setFailure(answer.ok ? null : answer.failure);
        if (answer.ok) setFound(withPage(after, answer.value));
      }
      void take();
    },
    [filter],
  );
  useEffect(() => read(null), [read]);
  return { found, failure, isReading, read };
}

interface StandingProps {
  readonly found: Found;
  readonly isReading: boolean;
  readonly filter: AuditFilter;
  readonly onMore: () => void;
}

function Standing({ found, isReading, filter, onMore }: StandingProps): VNode {
  const { entries, next, isComplete, troubles } = found;
  return (
    <>
      {isComplete && troubles.length === 0 ? null : (
        <Notice tone="wait">
          {isComplete ? null : <p>Not everything could be looked through; what is shown is part of it.</p>}
          <Lines lines={troubles} />
        </Notice>
      )}
      <p class="standing muted" role="status">
        {isReading ? 'Searching … ' : null}
        {counted(entries.length, 'record')} found{next === null ? null : ' so far'}.{' '}
        {next === null ? null : (
          <button type="button" disabled={isReading} onClick={onMore}>
            Find older ones
          </button>
        )}
        {entries.length >= PAGE_AUDIT_ENTRIES_MAX
          ? `Only the first ${number(PAGE_AUDIT_ENTRIES_MAX)} are shown here: narrow the search, or export. `
          : null}
        <Exports filter={filter} />
      </p>
    </>
  );
}

function Exports({ filter }: { readonly filter: AuditFilter }): VNode {
  return (
    <span class="exports">
      Export all that is found:{' '}
      <a href={exportAddress({ ...auditQueryOf(filter), format: 'csv' })} download="guard-audit.csv">
        CSV
      </a>{' '}
      <a href={exportAddress({ ...auditQueryOf(filter), format: 'jsonl' })} download="guard-audit.jsonl">
        JSON lines
      </a>
    </span>
  );
}
