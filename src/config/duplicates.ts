import type { ValueMistake } from './issues.js';
import type { ConfigPath } from './mistakes.js';

/** One mistake for each name that an earlier entry has already. */
export function duplicates(
  entries: readonly { name: string; path: ConfigPath }[],
  what: string,
): ValueMistake[] {
  const seen = new Set<string>();
  const found: ValueMistake[] = [];
  for (const { name, path } of entries) {
    if (seen.has(name))
      found.push({ path, message: `the name ${name} is taken: ${what} above has it already` });
    seen.add(name);
  }
  return found;
}
