import { GLOB_WILD_STRETCH_CHARS_MAX, PATTERN_CHARS_MAX } from './bounds.js';

/** A pattern over a whole text: `*` is any run of characters, `?` any one, `/`, `.` and newlines included. */
export interface Glob {
  /** The only text that matches, where the pattern has no wildcard. */
  readonly exact: string | undefined;
  /** True when the whole text matches; case-sensitive. */
  readonly matches: (text: string) => boolean;
}

/**
 * Compiles a glob. `\*`, `\?` and `\\` stand for the character itself; nothing else is special.
 * Matching never backtracks: stretches between stars are found leftmost in one pass, so it costs at
 * most the text's length times GLOB_WILD_STRETCH_CHARS_MAX.
 * Throws an Error with a readable message where the pattern is empty or beyond its bounds.
 */
export function compileGlob(pattern: string): Glob {
  if (pattern === '') throw new Error('the pattern is empty');
  if (pattern.length > PATTERN_CHARS_MAX) {
    throw new Error(`the pattern is longer than ${PATTERN_CHARS_MAX} characters`);
  }
  const stretches = parse(pattern);
  const [first, ...others] = stretches;
  const last = others.pop();
  if (first === undefined) throw new Error('the pattern is empty');
  if (last === undefined) return anchored(first);
  const middles = others.filter((stretch) => stretch.text !== '');
  return {
    exact: undefined,
    matches: function matchesStretches(text) {
      let at = matchForward(first, text, 0);
      for (const middle of middles) {
        if (at === -1) return false;
        at = find(middle, text, at);
      }
      if (at === -1) return false;
      // The last stretch is taken from the end: the star before it takes whatever lies between.
      return matchBackward(last, text) >= at;
    },
  };
}

/** What stands between two stars. `wild` marks the places of question marks; their text is not read. */
interface Stretch {
  readonly text: string;
  readonly wild: readonly boolean[] | undefined;
}

function anchored(only: Stretch): Glob {
  if (only.wild === undefined) return { exact: only.text, matches: (text) => text === only.text };
  return { exact: undefined, matches: (text) => matchForward(only, text, 0) === text.length };
}

function parse(pattern: string): Stretch[] {
  const stretches: Stretch[] = [];
  let text = '';
  let wild: boolean[] = [];
  function finish(): void {
    const isWild = wild.includes(true);
    if (isWild && text.length > GLOB_WILD_STRETCH_CHARS_MAX) {
      throw new Error(
        `a stretch with "?" between two stars is longer than ${GLOB_WILD_STRETCH_CHARS_MAX} characters`,
      );
    }
    stretches.push({ text, wild: isWild ? wild : undefined });
    text = '';
    wild = [];
  }
  for (let at = 0; at < pattern.length; at += 1) {
    let unit = pattern.charAt(at);
    if (unit === '*') {
      finish();
      continue;
    }
    const isWild = unit === '?';
    if (unit === '\\' && '*?\\'.includes(pattern.charAt(at + 1)) && at + 1 < pattern.length) {
      at += 1;
      unit = pattern.charAt(at);
    }
    text += unit;
    wild.push(isWild);
  }
  finish();
  return stretches;
}

/** Where the stretch ends when it begins at `from`; -1 where it does not match there. */
function matchForward(stretch: Stretch, text: string, from: number): number {
  const { text: wanted, wild } = stretch;
  if (wild === undefined) return text.startsWith(wanted, from) ? from + wanted.length : -1;
  let at = from;
  for (let unit = 0; unit < wanted.length; unit += 1) {
    if (at >= text.length) return -1;
    if (wild[unit] === true) {
      at += isPair(text, at) ? 2 : 1;
    } else {
      if (text.charCodeAt(at) !== wanted.charCodeAt(unit)) return -1;
      at += 1;
    }
  }
  return at;
}

/** Where the stretch begins when it ends with the text; -1 where it does not. */
function matchBackward(stretch: Stretch, text: string): number {
  const { text: wanted, wild } = stretch;
  if (wild === undefined) return text.endsWith(wanted) ? text.length - wanted.length : -1;
  let at = text.length;
  for (let unit = wanted.length - 1; unit >= 0; unit -= 1) {
    if (at <= 0) return -1;
    if (wild[unit] === true) {
      at -= at >= 2 && isPair(text, at - 2) ? 2 : 1;
    } else {
      if (text.charCodeAt(at - 1) !== wanted.charCodeAt(unit)) return -1;
      at -= 1;
    }
  }
  return at;
}

/** Where the leftmost match at or after `from` ends; -1 where there is none. */
function find(stretch: Stretch, text: string, from: number): number {
  if (stretch.wild === undefined) {
    const at = text.indexOf(stretch.text, from);
    return at === -1 ? -1 : at + stretch.text.length;
  }
  for (let at = from; at < text.length; at += isPair(text, at) ? 2 : 1) {
    const end = matchForward(stretch, text, at);
    if (end !== -1) return end;
  }
  return -1;
}

/** True where a surrogate pair, one character in two units, begins. */
function isPair(text: string, at: number): boolean {
  const code = text.codePointAt(at);
  return code !== undefined && code > 0xffff;
}
