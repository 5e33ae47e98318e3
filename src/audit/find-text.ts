import { printable } from '../platform/printable.js';

/** Looks for a text in the lines of a log. */
export interface TextFinder {
  /** True when the printable line contains the text, in any case. */
  inText(line: string): boolean;
  /**
   * The same for the lines of a block, whose text holds bytes, one per character: only for lines of
   * nothing but printable ASCII. `from` and `to` are where the line begins and ends.
   */
  inPlainLines(block: string): (from: number, to: number) => boolean;
}

/** A finder of this text. */
export function createTextFinder(wanted: string): TextFinder {
  const lower = wanted.toLowerCase();
  // For ASCII it says what lower case on both sides says, and passes over text several times as fast.
  const pattern = new RegExp(wanted.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`), 'i');
  return {
    inText: (line) => printable(line).toLowerCase().includes(lower),
    inPlainLines(block) {
      if (!pattern.test(block)) return () => false;
      return (from, to) => pattern.test(block.slice(from, to));
    },
  };
}
