import { CONFIG_MISTAKE_CHARS_MAX, CONFIG_MISTAKES_MAX } from '../platform/bounds.js';
import { GuardError } from '../platform/errors.js';
import { printable } from '../platform/printable.js';

/** Where a value stands in a config file: member names and list positions from 0. */
export type ConfigPath = readonly (string | number)[];

/** A place in a file; both count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** One thing that is wrong with a config file. */
export interface Mistake extends Position {
  readonly file: string;
  /** `policies.rules[3].match.tool`; empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
  readonly hint?: string;
}

const PLAIN_KEY = /^[\w$-]+$/;

/** `policies.rules[3].match.input["$.amount"].gt`. */
export function pathText(path: ConfigPath): string {
  let out = '';
  for (const part of path) {
    if (typeof part === 'number') out += `[${part}]`;
    else if (PLAIN_KEY.test(part)) out += out === '' ? part : `.${part}`;
    else out += `[${JSON.stringify(part)}]`;
  }
  return out;
}

/** Mistakes in the order of their files, then of their lines; the same mistake is kept once. */
export function sortedMistakes(mistakes: readonly Mistake[]): Mistake[] {
  const files = [...new Set(mistakes.map((mistake) => mistake.file))];
  const seen = new Set<string>();
  return [...mistakes]
    .sort((a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column)
    .filter((mistake) => {
      const text = mistakeText(mistake);
      if (seen.has(text)) return false;
      seen.add(text);
      return true;
    });
}

/** `file:line:column  path  message (hint)`, on one line and printable. */
export function mistakeText(mistake: Mistake): string {
  const place = `${printable(mistake.file)}:${mistake.line}:${mistake.column}`;
  const path = mistake.path === '' ? [] : [printable(mistake.path, CONFIG_MISTAKE_CHARS_MAX)];
  const hint = mistake.hint === undefined ? '' : ` (${printable(mistake.hint, CONFIG_MISTAKE_CHARS_MAX)})`;
  return [place, ...path, `${printable(mistake.message, CONFIG_MISTAKE_CHARS_MAX)}${hint}`].join('  ');
}

/** All mistakes as lines of text, of which there are at most CONFIG_MISTAKES_MAX. */
export function mistakesText(mistakes: readonly Mistake[]): string {
  const lines = mistakes.slice(0, CONFIG_MISTAKES_MAX).map(mistakeText);
  if (mistakes.length > CONFIG_MISTAKES_MAX) lines.push(`and ${mistakes.length - CONFIG_MISTAKES_MAX} more`);
  return lines.join('\n');
}

/** A GuardError `config-invalid` that still knows its mistakes one by one. */
export class ConfigInvalidError extends GuardError {
  readonly mistakes: readonly Mistake[];

  constructor(mistakes: readonly Mistake[]) {
    const count = mistakes.length === 1 ? 'a mistake' : `${mistakes.length} mistakes`;
    super('config-invalid', `the config has ${count}\n${mistakesText(mistakes)}`, {
      hint: 'correct the file; guard check lists the mistakes without starting anything',
    });
    this.name = 'ConfigInvalidError';
    this.mistakes = mistakes;
  }
}
