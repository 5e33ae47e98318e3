/** How far a person has read one request: lines in a row from the top that were on the screen. */
export interface Reading {
  /** The width that the lines were wrapped for; other lines are other lines. */
  readonly columns: number;
  readonly seenLines: number;
  /** All that has to be read was on the screen; stays true. */
  readonly isWhole: boolean;
}

/** What is on the screen of a request's lines. */
export interface Shown {
  readonly columns: number;
  readonly top: number;
  readonly height: number;
  /** Lines from the top that have to be read. */
  readonly linesNeeded: number;
}

/** The reading after these lines were shown. Lines behind a gap do not count: nothing is skipped. */
export function readOn(before: Reading | undefined, shown: Shown): Reading {
  if (before?.isWhole === true) return before;
  const seen = before?.columns === shown.columns ? before.seenLines : 0;
  const seenLines = shown.top <= seen ? Math.max(seen, shown.top + shown.height) : seen;
  return { columns: shown.columns, seenLines, isWhole: seenLines >= shown.linesNeeded };
}
