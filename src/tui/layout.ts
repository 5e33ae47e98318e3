import type { ScreenState } from './screen-state.js';

/** Which rows of the terminal hold what. One row stays free: a full screen makes Ink clear it each time. */
export interface Layout {
  readonly listHeight: number;
  /** First pending request that the list shows. */
  readonly listTop: number;
  /** Rows of the pane below the list: the detail, or the history, the help. */
  readonly paneHeight: number;
}

const LIST_ROWS_MOST = 6;
/** Title, rule, status and keys. */
const OTHER_ROWS = 4;
/** From this height on a notice may take two rows. */
const TALL_ROWS = 16;

/** Below this width texts are shorter, and names keep the room. */
export const NARROW_COLUMNS = 60;

/** Below this a terminal cannot show a call so that it can be answered. */
const ROWS_LEAST = 8;
const COLUMNS_LEAST = 20;

/** What is said in place of everything else in such a terminal; undefined where there is room. */
export function tooSmall({ columns, rows }: ScreenState): string | undefined {
  if (rows >= ROWS_LEAST && columns >= COLUMNS_LEAST) return undefined;
  return `too small: ${COLUMNS_LEAST}x${ROWS_LEAST} at least`;
}

/** Rows for what happened last: a reason is seldom short. */
export function noticeRowsOf({ rows }: ScreenState): number {
  return rows >= TALL_ROWS ? 2 : 1;
}

export function layoutOf(state: ScreenState): Layout {
  const room = Math.max(2, state.rows - 1 - OTHER_ROWS - noticeRowsOf(state));
  const wanted = Math.max(1, Math.min(LIST_ROWS_MOST, Math.floor(room / 3)));
  const listHeight = Math.min(wanted, Math.max(1, state.pending.length));
  const index = state.pending.findIndex(({ request }) => request.id === state.selectedId);
  const last = Math.max(0, state.pending.length - listHeight);
  const listTop = Math.min(last, Math.max(0, index - Math.floor(listHeight / 2)));
  return { listHeight, listTop, paneHeight: Math.max(1, room - listHeight) };
}

/** The first line to show so that the pane stays full where it can. */
export function clampedTop(top: number, lines: number, height: number): number {
  return Math.max(0, Math.min(top, lines - height));
}
