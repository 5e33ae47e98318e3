import { Chalk, type ChalkInstance } from 'chalk';
import { printable } from '../platform/printable.js';
import type { RowCells, Tone } from './tail-row.js';
import { fit, pad } from './tail-width.js';

export interface LineStyle {
  readonly colors: boolean;
  /** Columns of the terminal, which no line exceeds; undefined where lines may be as long as they are. */
  readonly width: number | undefined;
}

type Column = 'time' | 'verdict' | 'server' | 'what' | 'agent' | 'latency' | 'size' | 'detail';

/** The order of the columns and their width in a terminal; in a pipe longer text makes them wider. */
const COLUMNS: readonly (readonly [Column, number])[] = [
  ['time', 12],
  ['verdict', 14],
  ['server', 14],
  ['what', 28],
  ['agent', 12],
  ['latency', 8],
  ['size', 8],
  ['detail', 0],
];
/** What a narrow terminal does without, first to last. */
const DROPPED: readonly Column[] = ['agent', 'size', 'server', 'latency', 'time'];
/** Columns that the rule and the reason get before others are dropped for them. */
const DETAIL_MIN = 20;
const GAP = 2;

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
export function createLineFormat({ colors, width }: LineStyle): (cells: RowCells) => string {
  const chalk = new Chalk({ level: colors ? 1 : 0 });
  const layout = width === undefined ? COLUMNS : layoutFor(Math.max(1, width));
  return (cells) => {
    const texts = textsOf(cells);
    const line = layout.map(([column, room], index) => {
      const isLast = index === layout.length - 1;
      const text = width === undefined ? texts[column] : fit(texts[column], room);
      const isNumber = column === 'latency' || column === 'size';
      const cell = isLast ? text : pad(text, room, isNumber);
      if (column === 'verdict') return PAINT[cells.tone](chalk)(cell);
      return column === 'time' ? chalk.dim(cell) : cell;
    });
    return line.join(' '.repeat(GAP)).trimEnd();
  };
}

/** The time of day where the person is, `HH:MM:SS.mmm`; what is no time as it stands. */
export function localTime(ts: string): string {
  const date = new Date(ts);
  if (Number.isNaN(date.getTime())) return printable(ts);
  const milliseconds = String(date.getMilliseconds()).padStart(3, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${milliseconds}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

function textsOf(cells: RowCells): Readonly<Record<Column, string>> {
  return {
    time: localTime(cells.ts),
    verdict: printable(cells.verdict),
    server: printable(cells.server),
    what: printable(cells.what),
    agent: printable(cells.agent),
    latency: cells.latency,
    size: cells.size,
    detail: printable(cells.detail),
  };
}

/** The columns that fit, the last one as wide as there is room. */
function layoutFor(width: number): readonly (readonly [Column, number])[] {
  let columns = COLUMNS;
  for (const dropped of DROPPED) {
    if (roomNeeded(columns) + DETAIL_MIN <= width) break;
    columns = columns.filter(([column]) => column !== dropped);
  }
  if (roomNeeded(columns) + DETAIL_MIN > width) columns = columns.filter(([column]) => column !== 'detail');
  let left = width;
  return columns.map(([column, room], index) => {
    const isLast = index === columns.length - 1;
    const given = isLast ? Math.max(0, left) : Math.max(0, Math.min(room, left));
    left -= given + GAP;
    return [column, given] as const;
  });
}

function roomNeeded(columns: readonly (readonly [Column, number])[]): number {
  return columns.reduce((sum, [, room]) => sum + room, 0) + GAP * (columns.length - 1);
}
