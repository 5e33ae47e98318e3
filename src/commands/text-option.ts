import { GuardError } from '../platform/errors.js';
import type { CommandInput } from './command.js';

/** An option that is one piece of text; undefined where it was not given. Throws GuardError `usage`. */
export function textOption(input: CommandInput, name: string): string | undefined {
  const value = input.options[name];
  if (value === undefined) return undefined;
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

/** The value of an option that can be given once; undefined where it was not given. Throws GuardError `usage`. */
export function onceTextOption(options: CommandInput['options'], name: string): string | undefined {
  const texts = anyTextOption(options, name);
  if (texts === undefined || texts.length === 1) return texts?.[0];
  throw usageError(`--${name}: expected one value, got ${texts.length}`, `give --${name} once`);
}

/** The values of an option that can be given several times; undefined where it was not given. Throws GuardError `usage`. */
export function anyTextOption(options: CommandInput['options'], name: string): readonly string[] | undefined {
  const value = options[name];
  if (value === undefined) return undefined;
  return (Array.isArray(value) ? value : [value]).map((item: unknown) => {
    if (typeof item === 'string' && item !== '') return item;
    throw usageError(`--${name}: expected a value, got none`, '--help shows what it takes');
  });
}

/** A GuardError `usage`. */
export function usageError(message: string, hint: string): GuardError {
  return new GuardError('usage', message, { hint });
}
