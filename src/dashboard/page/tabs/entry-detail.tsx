import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { AuditDetail, AuditEntry } from '../../contract/audit.js';
import type { Api } from '../api/client.js';
import { Badge } from '../parts/entry-row.js';
import { decisionOf, subjectOf } from '../parts/entry-words.js';
import { duration, fullTime, number } from '../parts/format.js';
import { useRead } from '../parts/hooks.js';
import { useNarrow } from '../parts/narrow.js';
import { Loading, Trouble } from '../parts/notice.js';
import { Json, Lines, Shown, ShownOrNone } from '../parts/shown.js';

interface EntryDetailProps {
  readonly api: Api;
  readonly id: string;
  readonly onClose: () => void;
}

/** One call with everything that is known of it: the decision explained, and its records. */
export function EntryDetail({ api, id, onClose }: EntryDetailProps): VNode {
  const read = useRead(() => api.auditEntry(id), [id]);
  const isHere = read.value !== null && !(read.isReading && read.value.entry.id !== id);
  const section = useRef<HTMLElement>(null);
  const isNarrow = useNarrow();
  // There it stands before the list, which is where the finger is.
  useEffect(() => {
    if (isNarrow && isHere) section.current?.scrollIntoView({ block: 'start' });
  }, [id, isNarrow, isHere]);
  return (
    <section class="detail" aria-label="The chosen record" tabIndex={0} ref={section}>
      <button type="button" class="close" onClick={onClose}>
        Close
      </button>
      {read.failure === null ? null : <Trouble failure={read.failure} again={read.again} />}
      {read.isReading && !isHere ? <Loading what="the record" /> : null}
      {read.value === null || !isHere ? null : <Detail detail={read.value} />}
    </section>
  );
}

function Detail({ detail: { entry, explained, records } }: { readonly detail: AuditDetail }): VNode {
  return (
    <>
      <h2>
        <Shown text={entry.server} /> › <Shown text={subjectOf(entry)} />
      </h2>
      <Facts entry={entry} />
      <h3>Why</h3>
      <Lines lines={explained.lines} />
      {explained.rule === null ? null : (
        <>
          <h3>
            The rule <Shown text={`${explained.rule.layer}/${explained.rule.name}`} /> asks
          </h3>
          <Lines lines={[`action: ${explained.rule.action}`, ...explained.rule.conditions]} />
        </>
      )}
      {explained.today === null ? null : (
        <>
          <h3>Today it would be: {explained.today.decision.replaceAll('_', ' ')}</h3>
          <Lines lines={explained.today.lines} />
        </>
      )}
      <h3>{records.length === 1 ? 'The record' : 'The records'}</h3>
      {records.map((record, index) => (
        <Json value={record} label={`Record ${index + 1}`} />
      ))}
    </>
  );
}

function Facts({ entry }: { readonly entry: AuditEntry }): VNode {
  const [word, tone] = decisionOf(entry);
  return (
    <dl class="facts">
      <dt>Decision</dt>
      <dd>
        <Badge tone={tone}>{word}</Badge>
      </dd>
      <dt>When</dt>
      <dd>
        <time dateTime={entry.at}>{fullTime(entry.at)}</time>
      </dd>
      <dt>Agent</dt>
      <dd>
        <ShownOrNone text={entry.agent} />
      </dd>
      <dt>Method</dt>
      <dd>
        <ShownOrNone text={entry.method} />
      </dd>
      <dt>Target</dt>
      <dd>
        <ShownOrNone text={entry.target} />
      </dd>
      <dt>Result</dt>
      <dd>
        <ShownOrNone text={entry.result} />{' '}
        {entry.latency_ms === null ? null : `after ${duration(entry.latency_ms)}`}
      </dd>
      <dt>Arguments</dt>
      <dd>{entry.arg_size === null ? '–' : `${number(entry.arg_size)} bytes`}</dd>
      <dt>Session</dt>
      <dd>
        <ShownOrNone text={entry.session} />
      </dd>
    </dl>
  );
}
