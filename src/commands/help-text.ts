import { pad, widthOf } from '../platform/text-width.js';

/** How help is to look. */
export interface Look {
  /** Columns that a line may take; infinite where nobody's terminal is. */
  readonly width: number;
  readonly title: (text: string) => string;
}

/** Terms with what they mean beside them, in two columns; below them where the lines are too narrow. */
export function definitions(
  rows: readonly (readonly [term: string, meaning: string])[],
  look: Look,
): string[] {
  const wide = Math.max(0, ...rows.map(([term]) => widthOf(term)));
  const beside = look.width - wide - INDENT.length - GAP.length;
  return rows.flatMap(([term, meaning]) => {
    if (beside < MEANING_COLUMNS) return [`${INDENT}${term}`, ...indented(meaning, INDENT + GAP + GAP, look)];
    const [first = '', ...more] = wordWrapped(meaning, beside);
    const margin = ' '.repeat(INDENT.length + wide + GAP.length);
    return [`${INDENT}${pad(term, wide)}${GAP}${first}`.trimEnd(), ...more.map((line) => margin + line)];
  });
}

/** A text in lines of the given width, each behind a margin. */
export function indented(text: string, margin: string, look: Look): string[] {
  return wordWrapped(text, look.width - margin.length).map((line) => margin + line);
}

/** A title and the lines below it. */
export function section(title: string, lines: readonly string[], look: Look): string {
  return [look.title(title), ...lines].join('\n');
}

export const INDENT = '  ';
const GAP = '  ';
/** Below this room a meaning reads better under its term. */
const MEANING_COLUMNS = 24;

/** Broken between words; a word that is wider than a line stands on a line of its own. */
function wordWrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && widthOf(line) + 1 + widthOf(word) > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
