/**
 * Text from agents and servers made safe to show. What a terminal would act on, or what a person
 * could not see, becomes a visible escape; nothing is silently dropped.
 */

/**
 * Characters never shown raw: C0, DEL, C1; soft hyphen, zero-width and joiners, bidi controls and
 * isolates, line and paragraph separators, invisible operators, variation selectors, interlinear
 * marks, format controls of hieroglyphs, shorthand and music, the BOM, lone surrogates, private tags
 * (U+E0000 block) and Hangul/Khmer fillers.
 */
const HOSTILE =
  // oxlint-disable-next-line no-control-regex, no-misleading-character-class -- control and joining characters are what this looks for
  /[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\u{13430}-\u{1343f}\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]|\p{Surrogate}/gu;

/** One line of text with every hostile character escaped, cut at `charsMax` with a visible mark. */
export function printable(text: string, charsMax = Number.POSITIVE_INFINITY): string {
  const cut = text.length > charsMax ? text.slice(0, charsMax) : text;
  const shown = cut.replace(HOSTILE, escapeOf);
  return cut === text ? shown : `${shown}…(+${text.length - cut.length} chars)`;
}

/** The text with every hostile character replaced by what `escape` makes of it. */
export function escapeHostile(text: string, escape: (character: string) => string): string {
  return text.replace(HOSTILE, escape);
}

function escapeOf(character: string): string {
  switch (character) {
    case '\n':
      return String.raw`\n`;
    case '\r':
      return String.raw`\r`;
    case '\t':
      return String.raw`\t`;
    default:
      return `\\u{${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}}`;
  }
}
