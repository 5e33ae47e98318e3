import type { VNode } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { Stats } from '../../contract/audit.js';
import type { Api } from '../api/client.js';
import { barsOf } from '../parts/chart-shape.js';
import { LatencyChart, Table, VolumeChart } from '../parts/charts.js';
import { duration, number } from '../parts/format.js';
import { useAgainWhile, useKeys, useRead } from '../parts/hooks.js';
import { Empty, Loading, Notice, Trouble } from '../parts/notice.js';
import { Shown } from '../parts/shown.js';

const SPANS: readonly (readonly [since: string, words: string])[] = [
  ['1h', 'last hour'],
  ['24h', 'last day'],
  ['7d', 'last week'],
  ['30d', 'last 30 days'],
];

/** Counts of calls, decisions and times. */
export function Analytics({ api }: { readonly api: Api }): VNode {
  const [since, setSince] = useState('24h');
  const read = useRead(() => api.stats({ since }), [since]);
  useKeys({ u: read.again });
  const stats = read.value;
  useAgainWhile(stats !== null && stats.counting !== null, read);
  return (
    <section class="page-body">
      <h1>Analytics</h1>
      <div class="bar" role="group" aria-label="Time">
        {SPANS.map(([value, words]) => (
          <button type="button" aria-pressed={since === value} onClick={() => setSince(value)}>
            {words}
          </button>
        ))}
        <button type="button" onClick={read.again} disabled={read.isReading}>
          Read again
        </button>
      </div>
      {read.failure === null ? null : <Trouble failure={read.failure} again={read.again} />}
      {stats === null ? (
        read.failure === null ? (
          <Loading what="the log" />
        ) : null
      ) : stats.all.calls === 0 && stats.counting === null ? (
        <Empty>No call was recorded in this time. Choose a longer one, or let an agent call a tool.</Empty>
      ) : (
        <Overview stats={stats} />
      )}
    </section>
  );
}

function Overview({ stats }: { readonly stats: Stats }): VNode {
  const bars = useMemo(() => barsOf(stats), [stats]);
  const { all, decisions, top } = stats;
  return (
    <>
      <Missing stats={stats} />
      <ul class="figures">
        <Figure words="calls" value={number(all.calls)} />
        <Figure words="denied" value={number(all.denied)} />
        <Figure words="failed" value={number(all.failed)} />
        <Figure words="p50" value={duration(all.latency_ms.p50)} />
        <Figure words="p95" value={duration(all.latency_ms.p95)} />
        <Figure words="p99" value={duration(all.latency_ms.p99)} />
      </ul>
      <div class="charts">
        <VolumeChart bars={bars} />
        <LatencyChart bars={bars} />
      </div>
      <div class="charts">
        <Shares title="Decisions" counts={decisions} />
        <Shares title="Results" counts={stats.results} />
      </div>
      <TopTable title="Top tools" rows={top.tools} />
      <TopTable title="Top agents" rows={top.agents} />
      <TopTable title="Top servers" rows={top.servers} />
      <TopTable title="Top rules" rows={top.rules} />
    </>
  );
}

/** Says that the numbers are of a part of the log, where they are. */
function Missing({ stats: { complete, counting } }: { readonly stats: Stats }): VNode | null {
  if (complete) return null;
  return (
    <Notice tone="wait">
      {counting === null
        ? 'The log could not be read whole in the time that there is: these numbers are of a part.'
        : `Counting … ${percentOf(counting)} of the log so far, the newest first. The numbers follow by themselves.`}
    </Notice>
  );
}

function percentOf({ done_bytes: done, bytes }: NonNullable<Stats['counting']>): string {
  return `${Math.floor((100 * done) / Math.max(1, bytes))} %`;
}

function Figure({ words, value }: { readonly words: string; readonly value: string }): VNode {
  return (
    <li>
      <strong>{value}</strong> {words}
    </li>
  );
}

function Shares({
  title,
  counts,
}: {
  readonly title: string;
  readonly counts: Readonly<Record<string, number>>;
}): VNode {
  const rows = Object.entries(counts).sort(([, one], [, other]) => other - one);
  const most = rows[0]?.[1] ?? 1;
  return (
    <section>
      <h2>{title}</h2>
      <ul class="shares">
        {rows.map(([name, value]) => (
          <li>
            <span>
              <Shown text={name.replaceAll('_', ' ')} />
            </span>
            <span class="share" aria-hidden="true">
              <span style={{ width: `${(value / most) * 100}%` }} />
            </span>
            <span class="number">{number(value)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function TopTable({
  title,
  rows,
}: {
  readonly title: string;
  readonly rows: Stats['top']['tools'];
}): VNode | null {
  if (rows.length === 0) return null;
  return (
    <section>
      <h2>{title}</h2>
      <div class="table-box" tabIndex={0} role="group" aria-label={title}>
        <Table
          heads={['name', 'calls', 'denied', 'failed', 'p50', 'p95', 'p99']}
          rows={rows.map(({ name, calls, denied, failed, latency_ms: time }) => [
            <Shown text={name} />,
            number(calls),
            number(denied),
            number(failed),
            duration(time.p50),
            duration(time.p95),
            duration(time.p99),
          ])}
        />
      </div>
    </section>
  );
}
