/** Most single-character edits between a mistyped word and the one that was meant. */
const EDITS_LIMIT = 3;

/** The known word that a mistyped one most likely stands for; undefined where none is close. */
export function nearestWord(typed: string, known: readonly string[]): string | undefined {
  const wanted = folded(typed);
  const limit = Math.min(EDITS_LIMIT, Math.max(1, Math.floor(wanted.length / 2)));
  let best: string | undefined;
  let bestEdits = limit + 1;
  for (const candidate of known) {
    const edits = editDistance(wanted, folded(candidate), limit);
    if (edits < bestEdits) {
      best = candidate;
      bestEdits = edits;
    }
  }
  return best;
}

/** `maxCalls`, `max-calls` and `max_calls` are one word to a person. */
function folded(word: string): string {
  return word
    .slice(0, 64)
    .replaceAll(/[-_\s]/g, '')
    .toLowerCase();
}

/** Levenshtein distance with swaps of neighbors; above `limit` any larger number. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let edits = Math.min(
        (previous[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (previous[j - 1] ?? 0) + (same ? 0 : 1),
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        edits = Math.min(edits, (before[j - 2] ?? 0) + 1);
      row.push(edits);
    }
    before = previous;
    previous = row;
  }
  return previous[b.length] ?? limit + 1;
}
