import type { Range } from '../formats/tree.js';

/** One change of a text: what stands in the range gives way to the text. */
export interface Splice {
  readonly range: Range;
  readonly text: string;
}

/** The text with all changes. They must not overlap; an insertion stands in front of what begins there. */
export function applySplices(text: string, splices: readonly Splice[]): string {
  const sorted = splices.toSorted(
    (one, other) => one.range[0] - other.range[0] || one.range[1] - other.range[1],
  );
  let changed = '';
  let from = 0;
  for (const { range, text: put } of sorted) {
    const [start, end] = range;
    if (start < from) throw new Error(`two changes overlap at offset ${start}`);
    changed += text.slice(from, start) + put;
    from = end;
  }
  return changed + text.slice(from);
}

/** The text between the start of the line and the offset. */
export function linePrefix(text: string, offset: number): string {
  return text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
}

/** How the line in front of this offset ends, else how the first line of the text does. */
export function lineEnding(text: string, offset: number): string {
  const before = text.lastIndexOf('\n', offset - 1);
  const at = before === -1 ? text.indexOf('\n') : before;
  return at > 0 && text[at - 1] === '\r' ? '\r\n' : '\n';
}
