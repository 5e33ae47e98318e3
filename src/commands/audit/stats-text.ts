import { Chalk, type ChalkInstance } from 'chalk';
import type { CallStats, GroupBy } from '../../audit/call-stats.js';
import { STATS_TOP_MAX } from '../../platform/bounds.js';
import { printable } from '../../platform/printable.js';
import { fit } from '../../platform/text-width.js';
import { columns } from '../text-table.js';
import { latencyText } from '../tail-row.js';
import { sparkline } from './sparkline.js';
import { hoursInOrder, hourText, type NamedGroup, namedGroups } from './stats-rows.js';

export interface StatsStyle {
  readonly colors: boolean;
  /** Columns of the terminal; undefined where the text goes elsewhere and is kept to plain ASCII. */
  readonly width: number | undefined;
}

const BAR_CHARS = 24;
/** Longest name in a terminal: tables of names must not wrap. */
const NAME_COLUMNS = 32;

/** The numbers as tables and small charts. All names are printable. */
export function statsText(stats: CallStats, by: GroupBy | undefined, style: StatsStyle): string {
  const chalk = new Chalk({ level: style.colors ? 1 : 0 });
  if (stats.all.calls === 0 && stats.others.size === 0) return 'no calls\n';
  const lines = [headOf(stats, chalk)];
  if (by === undefined) {
    lines.push('', ...seriesLines(stats, style, chalk));
    lines.push('', ...countLines('decisions', stats.decisions, style, chalk));
    lines.push('', ...countLines('results', stats.results, style, chalk));
    if (stats.others.size > 0) lines.push('', ...countLines('other records', stats.others, style, chalk));
    for (const group of ['server', 'agent', 'tool', 'rule'] as const) {
      lines.push('', ...groupLines(stats, group, STATS_TOP_MAX, style, chalk));
    }
  } else lines.push('', ...groupLines(stats, by, Number.POSITIVE_INFINITY, style, chalk));
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

function headOf({ all, firstMs, lastMs }: CallStats, chalk: ChalkInstance): string {
  const times = Number.isFinite(firstMs) ? `, ${minuteText(firstMs)} to ${minuteText(lastMs)}` : '';
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((part) => timeText(all.latency.quantile(part)));
  const calls = `${chalk.bold(count(all.calls))} calls, ${count(all.denied)} denied, ${count(all.failed)} failed`;
  return `${calls}${times}\ntime to the answer: p50 ${p50}, p95 ${p95}, p99 ${p99}`;
}

function seriesLines(stats: CallStats, { width }: StatsStyle, chalk: ChalkInstance): string[] {
  const hours = hoursInOrder(stats);
  const first = hours[0]?.[0];
  const last = hours.at(-1)?.[0];
  if (first === undefined || last === undefined) return [chalk.bold('calls over time'), '  none'];
  const room = Math.max(10, Math.min(72, (width ?? 74) - 2));
  const line = sparkline(
    hours.map(([hour, { calls }]) => ({ at: hour - first, count: calls })),
    { length: last - first + 1, chars: room, isPlain: width === undefined },
  );
  return [chalk.bold('calls over time'), `  ${line}`, `  ${hourText(first)} to ${hourText(last)}`];
}

function countLines(
  title: string,
  counts: ReadonlyMap<string, number>,
  { width }: StatsStyle,
  chalk: ChalkInstance,
): string[] {
  const rows = [...counts].toSorted(([, one], [, other]) => other - one).slice(0, STATS_TOP_MAX);
  const sum = rows.reduce((total, [, calls]) => total + calls, 0);
  const widest = Math.max(0, ...rows.map(([, calls]) => count(calls).length));
  return [
    chalk.bold(title),
    ...columns(
      rows.map(([name, calls]) => [
        `  ${shown(name, width)}`,
        count(calls).padStart(widest),
        `${((100 * calls) / Math.max(1, sum)).toFixed(1)} %`.padStart(7),
        bar(calls / Math.max(1, sum), width === undefined),
      ]),
    ),
  ];
}

function groupLines(
  stats: CallStats,
  by: GroupBy,
  max: number,
  { width }: StatsStyle,
  chalk: ChalkInstance,
): string[] {
  const groups = namedGroups(stats, by);
  const rows = groups.slice(0, max);
  const most = Math.max(1, ...rows.map(({ calls }) => calls));
  const title = rows.length < groups.length ? `by ${by}, ${rows.length} of ${groups.length}` : `by ${by}`;
  const head = ['  ', 'calls', 'denied', 'failed', 'p50', 'p95', 'p99', ''];
  const cells = rows.map((row) => cellsOf(row, most, width));
  const widths = head.map((cell, column) =>
    Math.max(cell.length, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  const aligned = [head, ...cells].map((row) =>
    row.map((cell, column) =>
      column === 0 || column === row.length - 1 ? cell : cell.padStart(widths[column] ?? 0),
    ),
  );
  return [chalk.bold(title), ...columns(aligned)];
}

function cellsOf(row: NamedGroup, most: number, width: number | undefined): string[] {
  return [
    `  ${shown(row.name, width)}`,
    count(row.calls),
    count(row.denied),
    count(row.failed),
    timeText(row.p50),
    timeText(row.p95),
    timeText(row.p99),
    width === undefined || width >= 110 ? bar(row.calls / most, width === undefined) : '',
  ];
}

function shown(name: string, width: number | undefined): string {
  const text = name === '' ? '-' : printable(name);
  return width === undefined ? text : fit(text, NAME_COLUMNS);
}

function bar(part: number, isPlain: boolean): string {
  return (isPlain ? '#' : '█').repeat(Math.max(part > 0 ? 1 : 0, Math.round(part * BAR_CHARS)));
}

function timeText(milliseconds: number | null): string {
  return milliseconds === null ? '-' : latencyText(milliseconds);
}

function count(value: number): string {
  return String(value).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
}

function minuteText(ms: number): string {
  const date = new Date(ms);
  const [month, day, hour, minute] = [
    date.getMonth() + 1,
    date.getDate(),
    date.getHours(),
    date.getMinutes(),
  ].map((value) => String(value).padStart(2, '0'));
  return `${date.getFullYear()}-${month}-${day} ${hour}:${minute}`;
}
