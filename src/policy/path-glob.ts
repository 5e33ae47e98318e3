import picomatch from 'picomatch';
import {
  PATH_PATTERN_ALTERNATIVES_MAX,
  PATH_PATTERN_SEGMENT_CHARS_MAX,
  PATH_SEGMENT_CHARS_MAX,
  PATTERN_CHARS_MAX,
} from '../platform/bounds.js';
import { compileGlob } from '../platform/glob.js';
import { type Truth, isUnknown, unknown } from './truth.js';

/** One part of a path pattern, between two slashes. */
export type PathPart =
  /** `**`: any number of folders, none included. */
  | { readonly kind: 'folders' }
  | { readonly kind: 'name'; readonly exact: string | undefined; readonly judge: (name: string) => Truth };

const OPTIONS = {
  dot: true,
  nonegate: true,
  noextglob: true,
  noglobstar: true,
  posix: true,
  windows: false,
} as const;

/**
 * Compiles a path pattern: `*` and `?` stay inside a name, `**` alone between slashes crosses folders,
 * names with a leading dot are ordinary. `{a,b}` and `[a-z]` are picomatch's, inside one name, and
 * bounded so that they cannot backtrack far; parentheses and `+` beside them are refused.
 * Throws an Error with a readable message.
 */
export function compilePathGlob(pattern: string): readonly PathPart[] {
  if (pattern === '') throw new Error('the pattern is empty');
  if (pattern.length > PATTERN_CHARS_MAX) {
    throw new Error(`the pattern is longer than ${PATTERN_CHARS_MAX} characters`);
  }
  return pattern
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .map(compilePart);
}

/**
 * Whether the names along a path match. Runs of `**` are tried leftmost, which settles a pattern
 * without backtracking further than the last `**`: parts times names at most.
 */
export function judgePathGlob(parts: readonly PathPart[], names: readonly string[]): Truth {
  let uncertain: Truth = false;
  let part = 0;
  let name = 0;
  let retryPart = -1;
  let retryName = -1;
  while (name < names.length) {
    const current = parts[part];
    if (current?.kind === 'folders') {
      part += 1;
      retryPart = part;
      retryName = name;
      continue;
    }
    const truth: Truth = current === undefined ? false : current.judge(names[name] ?? '');
    if (isUnknown(truth)) uncertain = truth;
    if (truth === true) {
      part += 1;
      name += 1;
    } else if (retryPart === -1) {
      return uncertain;
    } else {
      retryName += 1;
      name = retryName;
      part = retryPart;
    }
  }
  while (parts[part]?.kind === 'folders') part += 1;
  return part === parts.length ? true : uncertain;
}

function compilePart(text: string): PathPart {
  if (text === '**') return { kind: 'folders' };
  if (text === '..') throw new Error('".." may only stand before the first wildcard');
  if (/[[\]{}()]/.test(text)) return { kind: 'name', exact: undefined, judge: compileSpecial(text) };
  const glob = compileGlob(text);
  return { kind: 'name', exact: glob.exact, judge: glob.matches };
}

function compileSpecial(text: string): (name: string) => Truth {
  const problem = problemOf(text);
  if (problem !== undefined) throw new Error(`"${text}": ${problem}`);
  const matches = picomatch(text, OPTIONS);
  return function judgeSpecial(name) {
    if (name.length <= PATH_SEGMENT_CHARS_MAX) return matches(name);
    return unknown(`a name is longer than ${PATH_SEGMENT_CHARS_MAX} characters`);
  };
}

/** What could make picomatch's expression backtrack far, or mean something other than it looks like. */
function problemOf(text: string): string | undefined {
  if (text.length > PATH_PATTERN_SEGMENT_CHARS_MAX) {
    return `longer than ${PATH_PATTERN_SEGMENT_CHARS_MAX} characters`;
  }
  if (/[()+|]/.test(text)) return 'parentheses, "+" and "|" are not supported; use {a,b} or a list';
  if (text.split('*').length > 3) return 'more than two stars beside braces or classes';
  let alternatives = 1;
  const withoutClasses = text.replace(/\[[^\]]+\]/g, '');
  const outside = withoutClasses.replace(/\{([^{}]*)\}/g, (_whole, inner: string) => {
    alternatives *= inner.split(',').length;
    return '';
  });
  if (/[[\]{}]/.test(outside)) return 'braces and brackets must be balanced, not nested, and hold no slash';
  if (/\{\s*\}|\.\./.test(withoutClasses)) return 'empty braces and ranges are not supported';
  if (alternatives > PATH_PATTERN_ALTERNATIVES_MAX) {
    return `more than ${PATH_PATTERN_ALTERNATIVES_MAX} alternatives`;
  }
  return undefined;
}
