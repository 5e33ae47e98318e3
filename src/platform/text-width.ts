/**
 * How much room text takes in a terminal. Wide characters are overestimated rather than listed:
 * a line may come out a little short, but it never wraps.
 */

const PLAIN = /^[\x20-\x7e]*$/;

/** Columns that the text takes at most. The text is printable, on one line. */
export function widthOf(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += widthOfCharacter(character);
  return width;
}

/** The text in at most `width` columns; what is left out in its middle becomes `…`. */
export function fit(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  if (width <= 0) return '';
  const characters = Array.from(text);
  const tail = takeFrom(characters.toReversed(), Math.floor((width - 1) / 2)).toReversed();
  const head = takeFrom(characters, width - 1 - widthOf(tail.join('')));
  return `${head.join('')}…${tail.join('')}`;
}

/** The text followed, or with `right` preceded, by spaces up to `width` columns. */
export function pad(text: string, width: number, right = false): string {
  const spaces = ' '.repeat(Math.max(0, width - widthOf(text)));
  return right ? spaces + text : text + spaces;
}

function takeFrom(characters: readonly string[], width: number): string[] {
  const taken: string[] = [];
  let left = width;
  for (const character of characters) {
    left -= widthOfCharacter(character);
    if (left < 0) break;
    taken.push(character);
  }
  return taken;
}

/** From Hangul on most scripts of double width begin; the ellipsis and dashes lie between and are narrow. */
/** Columns that one character takes at most. */
export function widthOfCharacter(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  const isNarrow = code < 0x11_00 || (code >= 0x1e_00 && code <= 0x22_ff);
  return isNarrow ? 1 : 2;
}
