/**
 * Compiles a glob over a whole text: `*` is any run of characters, `?` any one, both `/` and line
 * feeds included. It costs at most the pattern's length times the text's.
 */
export function compileGlob(pattern: string): (text: string) => boolean {
  return function matchesGlob(text) {
    let place = 0;
    /** Where to go on when what follows the last star does not fit: one character further. */
    let star = -1;
    let resume = 0;
    let at = 0;
    while (at < text.length) {
      if (pattern[place] === '*') {
        star = place;
        resume = at;
        place += 1;
      } else if (place < pattern.length && (pattern[place] === '?' || pattern[place] === text[at])) {
        place += 1;
        at += 1;
      } else if (star === -1) {
        return false;
      } else {
        place = star + 1;
        resume += 1;
        at = resume;
      }
    }
    while (pattern[place] === '*') place += 1;
    return place === pattern.length;
  };
}
