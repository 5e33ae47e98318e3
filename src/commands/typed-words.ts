/** Stands before a word that reads as a number; no argument of a process can hold it. */
const MARK = '\0';

/**
 * The words of a command line as its parser is to get them. It makes a number of every value that reads
 * as one, so that a server 007 would arrive as 7, 1e3 as 1000 and an empty word as 0; a mark keeps it from
 * that, until `asTyped` takes it away again. Words from `--` on are not for the parser.
 */
export function markedWords(words: readonly string[]): string[] {
  const end = words.indexOf('--');
  return words.map((word, index) => (end !== -1 && index >= end ? word : marked(word)));
}

/** What came out of the parser, be it one value or several, as it was typed. */
export function asTyped(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asTyped);
  return typeof value === 'string' ? value.replaceAll(MARK, '') : value;
}

function marked(word: string): string {
  if (!word.startsWith('-')) return readsAsNumber(word) ? MARK + word : word;
  const [, option, value] = /^(-+[^][^=]*=)([^]*)$/.exec(word) ?? [];
  return option !== undefined && value !== undefined && readsAsNumber(value) ? option + MARK + value : word;
}

/** As the parser does, for which what is empty is 0. */
function readsAsNumber(text: string): boolean {
  return Number.isFinite(Number(text));
}
