import { escapeHostile, printable } from './printable.js';

/** A way in which text can look like something that it is not. */
export type HiddenKind =
  | 'control characters'
  | 'right-to-left controls'
  | 'invisible tag characters'
  | 'invisible characters'
  | 'look-alike letters'
  | 'unusual blanks'
  | 'piled-up accents'
  | 'a long run of blanks';

/** Blanks in a row that may push what follows out of sight. */
const BLANK_RUN = /[ \u00a0\u3000]{40,}|\n[ \t\n]{20,}/u;
/** More accents on one letter than any language has. */
const PILE = /\p{M}{4,}/gu;
/** Blanks that are not the one on the keyboard, and the empty Braille pattern. */
const BLANKS = /[\u00a0\u1680\u2000-\u200a\u205f\u2800\u3000]/gu;
/** Signs that pose as `.`, `/` or `:`. */
const SIGNS = /[\u02d0\u2024\u2044\u2215\u2236\u29f8\ua789\ufe52\uff0e\uff0f]/gu;
/** Letters of the Latin alphabet in other clothes: Roman numerals, full width, mathematical, IPA. */
const DRESSED = /[\u0251\u0261\u2160-\u217f\uff21-\uff3a\uff41-\uff5a\u{1d400}-\u{1d7ff}]/gu;
const WORD = /[\p{L}\p{M}\p{N}_]+/gu;
const LATIN = /\p{Script=Latin}/u;
/** Letters of the scripts that have look-alikes of Latin letters. */
const FOREIGN =
  /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}\p{Script=Coptic}\p{Script=Lisu}]/gu;
/** What holds emoji together is no deceit. */
const EMOJI_JOINS = /(?<=\p{Extended_Pictographic}\ufe0f?)(?:\ufe0f|\u200d(?=\p{Extended_Pictographic}))/gu;

/**
 * Text as a person should see it, on one line: what is hostile, unseen or posing as another letter
 * becomes a visible escape.
 */
export function revealed(text: string): string {
  return printable(unmasked(text));
}

/** The same inside the quotes of a JSON text, so that no value can look like the end of itself. */
export function revealedJson(text: string): string {
  const pieces = text.split(/(["\\\p{Cc}])/u);
  return pieces
    .map((piece, index) => (index % 2 === 1 ? JSON.stringify(piece).slice(1, -1) : unmasked(piece)))
    .map((piece) => printable(piece))
    .join('');
}

/** What is hidden in the text, each kind once. */
export function hiddenIn(text: string): HiddenKind[] {
  const found = new Set<HiddenKind>();
  // Line breaks and tabs are shown as what they are, and every text of some length has them.
  escapeHostile(text.replaceAll(EMOJI_JOINS, '').replaceAll(/\r?\n|\t/g, ' '), (character) => {
    found.add(kindOf(character.codePointAt(0) ?? 0));
    return '';
  });
  if (unmaskedLetters(text) !== text) found.add('look-alike letters');
  if (text.search(BLANKS) !== -1) found.add('unusual blanks');
  if (text.search(PILE) !== -1) found.add('piled-up accents');
  if (BLANK_RUN.test(text)) found.add('a long run of blanks');
  return [...found];
}

/** Whether a word mixes Latin letters with letters of a script that imitates them. */
export function isMixedScript(word: string): boolean {
  return LATIN.test(word) && word.search(FOREIGN) !== -1;
}

function unmasked(text: string): string {
  return unmaskedLetters(text).replaceAll(BLANKS, escapeOf).replaceAll(PILE, escapesOf);
}

function unmaskedLetters(text: string): string {
  return text
    .replaceAll(WORD, (word) => (isMixedScript(word) ? word.replaceAll(FOREIGN, escapeOf) : word))
    .replaceAll(DRESSED, escapeOf)
    .replaceAll(SIGNS, escapeOf);
}

function escapesOf(characters: string): string {
  return Array.from(characters, escapeOf).join('');
}

function escapeOf(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}}`;
}

function kindOf(code: number): HiddenKind {
  if (code < 0x20 || (code >= 0x7f && code <= 0x9f)) return 'control characters';
  const isBidi =
    code === 0x06_1c ||
    code === 0x20_0e ||
    code === 0x20_0f ||
    (code >= 0x20_2a && code <= 0x20_2e) ||
    (code >= 0x20_66 && code <= 0x20_69);
  if (isBidi) return 'right-to-left controls';
  return code >= 0xe_00_00 && code <= 0xe_0f_ff ? 'invisible tag characters' : 'invisible characters';
}

/** A stretch of text: as it stands, or the escape that stands in place of what could deceive. */
export interface ShownPiece {
  readonly text: string;
  readonly isEscape: boolean;
}

/** What `revealed` makes of the text, with its escapes told apart from text that only looks like one. */
export function revealedPieces(text: string): ShownPiece[] {
  return piecesOf(text, hostilePieces);
}

/** The same for `revealedJson`. */
export function revealedJsonPieces(text: string): ShownPiece[] {
  return piecesOf(text, (plain) =>
    plain
      .split(/(["\\\p{Cc}])/u)
      .flatMap((part, index) =>
        index % 2 === 0 ? hostilePieces(part) : [{ text: jsonEscapeOf(part), isEscape: true }],
      ),
  );
}

function piecesOf(text: string, plainPieces: (text: string) => ShownPiece[]): ShownPiece[] {
  const pieces: ShownPiece[] = [];
  let done = 0;
  for (const [start, end] of maskedSpans(text)) {
    if (end <= done) continue;
    const from = Math.max(start, done);
    pieces.push(...plainPieces(text.slice(done, from)), {
      text: escapesOf(text.slice(from, end)),
      isEscape: true,
    });
    done = end;
  }
  return [...pieces, ...plainPieces(text.slice(done))].filter((piece) => piece.text !== '');
}

/** Where `unmasked` replaces something, in order. */
function maskedSpans(text: string): (readonly [start: number, end: number])[] {
  const words = [...text.matchAll(WORD)].filter(([word]) => isMixedScript(word));
  const found = [
    ...words.flatMap((word) =>
      [...word[0].matchAll(FOREIGN)].map((hit) => [word.index + hit.index, hit] as const),
    ),
    ...[DRESSED, SIGNS, BLANKS, PILE].flatMap((what) =>
      [...text.matchAll(what)].map((hit) => [hit.index, hit] as const),
    ),
  ];
  return found
    .map(([start, [hit]]) => [start, start + hit.length] as const)
    .sort(([one], [other]) => one - other);
}

function hostilePieces(text: string): ShownPiece[] {
  const escapes: string[] = [];
  // Every NUL of the text is replaced like any other control character, so these are the only ones.
  const rest = escapeHostile(text, (character) => {
    escapes.push(printable(character));
    return '\0';
  });
  return rest
    .split('\0')
    .flatMap((plain, index) => [
      ...(index === 0 ? [] : [{ text: escapes[index - 1] ?? '', isEscape: true }]),
      { text: plain, isEscape: false },
    ]);
}

function jsonEscapeOf(character: string): string {
  return printable(JSON.stringify(character).slice(1, -1));
}
