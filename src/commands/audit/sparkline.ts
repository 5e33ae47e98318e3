const BLOCKS = '▁▂▃▄▅▆▇█';
const PLAIN = '.:-=+*#@';

/** How many stand at a place of a series. */
export interface Point {
  readonly at: number;
  readonly count: number;
}

export interface SparklineStyle {
  /** Places in the series, from 0 on. */
  readonly length: number;
  /** Characters of the line at most; several places then share one. */
  readonly chars: number;
  /** True for characters of ASCII only. */
  readonly isPlain: boolean;
}

/** A series as one line: the higher the character, the more; a space for none at all. */
export function sparkline(points: readonly Point[], { length, chars, isPlain }: SparklineStyle): string {
  const levels = isPlain ? PLAIN : BLOCKS;
  // Every place stands for as many, or the line would go up and down by itself.
  const share = Math.ceil(length / chars);
  const size = Math.ceil(length / share);
  const sums = new Float64Array(size);
  for (const { at, count } of points) {
    const place = Math.min(size - 1, Math.floor(at / share));
    sums[place] = (sums[place] ?? 0) + count;
  }
  const most = sums.reduce((one, other) => Math.max(one, other), 0);
  return Array.from(sums, (sum) =>
    sum === 0 ? ' ' : levels[Math.min(levels.length - 1, Math.floor((sum / most) * levels.length))],
  ).join('');
}
