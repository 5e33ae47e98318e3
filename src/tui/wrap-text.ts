import { widthOfCharacter } from '../platform/text-width.js';

/** Text cut into pieces of at most `width` columns, none left out. The text is printable, on one line. */
export function wrapped(text: string, width: number): string[] {
  const room = Math.max(1, width);
  const lines: string[] = [];
  let line = '';
  let used = 0;
  for (const character of text) {
    const columns = widthOfCharacter(character);
    if (used + columns > room && line !== '') {
      lines.push(line);
      line = '';
      used = 0;
    }
    line += character;
    used += columns;
  }
  lines.push(line);
  return lines;
}
