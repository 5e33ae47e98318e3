import { GLOB_INPUT_CHARS_MAX } from '../platform/bounds.js';
import { type Glob, compileGlob } from '../platform/glob.js';
import type { OneOrMany } from './source.js';
import { type Truth, unknown } from './truth.js';

/** One glob or several, of which any may match. */
export interface NamePatterns {
  /** Patterns without wildcards, looked up instead of tried. */
  readonly exact: ReadonlySet<string>;
  readonly globs: readonly Glob[];
}

/** Compiles globs; throws what compileGlob throws. */
export function compileNames(patterns: readonly string[]): NamePatterns {
  const exact = new Set<string>();
  const globs: Glob[] = [];
  for (const pattern of patterns) {
    const glob = compileGlob(pattern);
    if (glob.exact === undefined) globs.push(glob);
    else exact.add(glob.exact);
  }
  return { exact, globs };
}

/** Whether any pattern matches; unknown where the text is too long to run a glob on. */
export function judgeName(patterns: NamePatterns, text: string, what: string): Truth {
  if (patterns.exact.has(text)) return true;
  if (patterns.globs.length === 0) return false;
  if (text.length > GLOB_INPUT_CHARS_MAX) {
    return unknown(`${what}: the text is longer than ${GLOB_INPUT_CHARS_MAX} characters`);
  }
  for (const glob of patterns.globs) {
    if (glob.matches(text)) return true;
  }
  return false;
}

/** The list that a config file may also state as one value. */
export function listOf<T>(value: OneOrMany<T>): readonly T[] {
  return Array.isArray(value) ? value : [value as T];
}
