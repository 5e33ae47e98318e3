import type { LinearRegex } from '../policy/ports.js';
import type { MatchSource } from '../policy/source.js';

/** Compiles one expression; throws with a readable message where it is not RE2. */
export type CompileRegex = (pattern: string) => LinearRegex;

/**
 * The RE2 engine, which runs in time linear in its input. It is loaded only where a match uses `regex`:
 * it is large, and most configs do without.
 */
export async function loadRegexCompiler(matches: readonly MatchSource[]): Promise<CompileRegex> {
  if (!matches.some(mentionsRegex)) return refuseRegex;
  const { RE2JS } = await import('re2js');
  return (pattern) => {
    const compiled = RE2JS.compile(pattern);
    return { test: (text) => compiled.test(text) };
  };
}

function refuseRegex(): never {
  throw new Error('the expression engine was not loaded');
}

/** True where a `regex` key stands anywhere in a match. */
function mentionsRegex(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some(mentionsRegex);
  return Object.entries(value).some(([key, inner]) => key === 'regex' || mentionsRegex(inner));
}
