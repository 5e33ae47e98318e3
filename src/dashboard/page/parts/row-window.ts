/** Rows that are drawn beyond what can be seen, above and below. */
const BEYOND = 12;

/** Which rows of a long list stand in the document, and how much room the others take. */
export interface RowWindow {
  readonly first: number;
  /** One behind the last. */
  readonly end: number;
  /** Pixels above the first row and below the last. */
  readonly above: number;
  readonly below: number;
}

/** The rows for a list of `count` rows of `rowHeight` pixels that is scrolled to `top` in `height` pixels. */
export function rowWindow(count: number, rowHeight: number, top: number, height: number): RowWindow {
  const visible = Math.ceil(Math.max(0, height) / rowHeight) + 1;
  const at = Math.max(0, Math.min(Math.floor(top / rowHeight), count - visible));
  const first = Math.max(0, at - BEYOND);
  const end = Math.min(count, at + visible + BEYOND);
  return { first, end, above: first * rowHeight, below: (count - end) * rowHeight };
}

/** Where to scroll so that a row is seen whole, as little as possible. */
export function scrolledTo(row: number, rowHeight: number, top: number, height: number): number {
  const start = row * rowHeight;
  if (start < top) return start;
  return start + rowHeight > top + height ? start + rowHeight - height : top;
}
