/**
 * Takes one secret that was found, with the kind of secret that it is, and says what stands in its place.
 * Redaction answers with `mark`; a check takes note of what is there.
 */
export type Take = (kind: string, found: string) => string;

/** What stands in the place of a secret of this kind. */
export function mark(kind: string): string {
  return `[redacted:${kind}]`;
}

/** What guard itself has put in the place of something. */
const MARK = /^\[(?:redacted|omitted):[\w -]+\]$/;
const MARKS = /\[redacted:([\w-]+)\]/;

/** Whether the text is a mark and nothing else. */
export function isMark(text: string): boolean {
  return MARK.test(text);
}

/** The kind that the first mark in a redacted text names. */
export function markedKind(text: string): string | undefined {
  return MARKS.exec(text)?.[1];
}
