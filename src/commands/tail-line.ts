import { Chalk, type ChalkInstance } from 'chalk';
import { printable } from '../platform/printable.js';
import type { RowCells, Tone } from './tail-row.js';
import { fit, pad } from '../platform/text-width.js';

export interface LineStyle {
  readonly colors: boolean;
  /** Columns of the terminal, which no line exceeds; undefined where lines may be as long as they are. */
  readonly width: number | undefined;
  /** Whether the day stands before the time. */
  readonly dates?: boolean;
}

type Column = 'time' | 'verdict' | 'server' | 'what' | 'agent' | 'latency' | 'size' | 'detail';

/** A column, its least width and the width that shows most of what it holds. */
type Layout = readonly (readonly [Column, least: number, wanted: number])[];

/** The order of the columns. Where lines may be long, longer text makes a column wider. */
const COLUMNS: Layout = [
  ['time', 12, 12],
  ['verdict', 10, 14],
  ['server', 8, 14],
  ['what', 14, 28],
  ['agent', 8, 14],
  ['latency', 7, 8],
  ['size', 7, 8],
  ['detail', 12, 24],
];
/** The same where the day stands before the time. */
const WITH_DATES: Layout = COLUMNS.map((column) => (column[0] === 'time' ? ['time', 23, 23] : column));
/** What a narrow terminal does without, first to last. */
const DROPPED: readonly Column[] = ['agent', 'size', 'server', 'latency', 'detail', 'time'];
/** What gets room first that is left over; the rest goes to the last column. */
const GROWING: readonly Column[] = ['what', 'verdict', 'detail', 'server', 'agent', 'latency', 'size'];
/** From this width on columns stand two spaces apart. */
const WIDE_COLUMNS = 110;

const PAINT: Readonly<Record<Tone, (chalk: ChalkInstance) => ChalkInstance>> = {
  allow: (chalk) => chalk.green,
  relay: (chalk) => chalk.dim,
  deny: (chalk) => chalk.red,
  'dry-run': (chalk) => chalk.cyan,
  approval: (chalk) => chalk.yellow,
  failure: (chalk) => chalk.magenta,
  refusal: (chalk) => chalk.red,
  event: (chalk) => chalk.blue,
};

/** Makes the line of a row, without line feed. All text is printable, whoever wrote it. */
export function createLineFormat({ colors, width, dates = false }: LineStyle): (cells: RowCells) => string {
  const chalk = new Chalk({ level: colors ? 1 : 0 });
  const gap = width === undefined || width >= WIDE_COLUMNS ? 2 : 1;
  const all = dates ? WITH_DATES : COLUMNS;
  const layout = width === undefined ? all.map(wantedWidth) : layoutFor(all, Math.max(1, width), gap);
  return (cells) => {
    const texts = textsOf(cells, dates);
    const line = layout.map(([column, room], index) => {
      const isLast = index === layout.length - 1;
      const text = width === undefined ? texts[column] : fit(texts[column], room);
      const isNumber = column === 'latency' || column === 'size';
      const cell = isLast ? text : pad(text, room, isNumber);
      if (column === 'verdict') return PAINT[cells.tone](chalk)(cell);
      return column === 'time' ? chalk.dim(cell) : cell;
    });
    return line.join(' '.repeat(gap)).trimEnd();
  };
}

function wantedWidth([column, , wanted]: Layout[number]): readonly [Column, number] {
  return [column, wanted];
}

/** The time of day where the person is, `HH:MM:SS.mmm`, after the day if asked for; what is no time as it stands. */
function localTime(ts: string, dates: boolean): string {
  const date = new Date(ts);
  if (Number.isNaN(date.getTime())) return printable(ts);
  const milliseconds = String(date.getMilliseconds()).padStart(3, '0');
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${milliseconds}`;
  return dates ? `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${time}` : time;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

function textsOf(cells: RowCells, dates: boolean): Readonly<Record<Column, string>> {
  return {
    time: localTime(cells.ts, dates),
    verdict: printable(cells.verdict),
    server: printable(cells.server),
    what: printable(cells.what),
    agent: printable(cells.agent),
    latency: cells.latency,
    size: cells.size,
    detail: printable(cells.detail),
  };
}

/** The columns that fit and their width. */
function layoutFor(all: Layout, width: number, gap: number): readonly (readonly [Column, number])[] {
  let columns = all;
  for (const dropped of DROPPED) {
    if (roomNeeded(columns, gap) <= width) break;
    columns = columns.filter(([column]) => column !== dropped);
  }
  const rooms = new Map(columns.map(([column, least]) => [column, least]));
  let left = width - roomNeeded(columns, gap);
  for (const growing of GROWING) {
    const [, least = 0, wanted = 0] = columns.find(([column]) => column === growing) ?? [];
    const more = Math.max(0, Math.min(left, wanted - least));
    if (more > 0) rooms.set(growing, least + more);
    left -= more;
  }
  // What is missing in a very narrow terminal is taken from the last column too, then from the first.
  const last = columns.at(-1)?.[0] ?? 'what';
  rooms.set(last, Math.max(0, (rooms.get(last) ?? 0) + left));
  const [first] = columns[0] ?? ['verdict'];
  rooms.set(first, Math.max(0, Math.min(rooms.get(first) ?? 0, width - gap)));
  return [...rooms];
}

function roomNeeded(columns: Layout, gap: number): number {
  return columns.reduce((sum, [, least]) => sum + least, 0) + gap * (columns.length - 1);
}
