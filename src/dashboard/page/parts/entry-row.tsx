import type { VNode } from 'preact';
import type { AuditEntry } from '../../contract/audit.js';
import { PAGE_CLOCK } from './clock.js';
import { decisionOf, subjectOf, type Tone } from './entry-words.js';
import { duration, fullTime, rowTime } from './format.js';
import { Shown } from './shown.js';

/** Height of a row: on a narrow screen it has two lines. */
export const ROW_HEIGHT = 36;
export const NARROW_ROW_HEIGHT = 60;

/** A word with its tone. */
export function Badge({ tone, children }: { readonly tone: Tone; readonly children: string }): VNode {
  return (
    <span class={`badge ${tone}`}>
      <Shown text={children} />
    </span>
  );
}

/** A record in one line of a list. */
export function EntryRow({ entry }: { readonly entry: AuditEntry }): VNode {
  const [word, tone] = decisionOf(entry);
  return (
    <>
      <time class="at" dateTime={entry.at} title={fullTime(entry.at)}>
        {rowTime(entry.at, PAGE_CLOCK.wallMs())}
      </time>
      <Badge tone={tone}>{word}</Badge>
      <span class="subject">
        <Shown text={entry.server} /> <span class="muted">›</span> <Shown text={subjectOf(entry)} />
      </span>
      <span class="agent muted">{entry.agent === null ? '' : <Shown text={entry.agent} />}</span>
      <span class="rule muted">{entry.rule === null ? '' : <Shown text={entry.rule} />}</span>
      <span class={entry.result === null || entry.result === 'ok' ? 'result muted' : 'result failed'}>
        {entry.result === null ? '' : <Shown text={entry.result} />}
      </span>
      <span class="latency muted">{entry.latency_ms === null ? '' : duration(entry.latency_ms)}</span>
    </>
  );
}
