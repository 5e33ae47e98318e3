import { GuardError } from '../platform/errors.js';
import type { CommandInput } from './command.js';

/** An option that is one piece of text; undefined where it was not given. Throws GuardError `usage`. */
export function textOption(input: CommandInput, name: string): string | undefined {
  const value = input.options[name];
  if (value === undefined) return undefined;
  // The words of a command line arrive as numbers where they look like ones.
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string' || value === '') {
    const got = Array.isArray(value) ? 'it more than once' : 'none';
    throw new GuardError('usage', `--${name} expects one value, got ${got}`);
  }
  return value;
}

/** An option that may be given several times. Throws GuardError `usage`. */
export function textListOption(input: CommandInput, name: string): string[] {
  const value = input.options[name];
  if (value === undefined) return [];
  const values: unknown[] = Array.isArray(value) ? value : [value];
  return values.map((item) => {
    if (typeof item === 'string' && item !== '') return item;
    throw new GuardError('usage', `--${name} expects a value`);
  });
}
