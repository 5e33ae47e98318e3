import { nearestWord } from '../config/nearest.js';
import { GuardError, messageOf } from '../platform/errors.js';
import { printable } from '../platform/printable.js';
import { asTyped } from './typed-words.js';

/** What the parser of the command line complained about, with the option that was most likely meant. */
export function badUsage(error: unknown, options: readonly string[], command: string): GuardError {
  const message = String(asTyped(messageOf(error)));
  const typed = /^Unknown option `(-+[^`]+)`/.exec(message)?.[1];
  const known = options.flatMap((flags) => flags.match(/--[a-z-]+/g) ?? []);
  const meant = typed === undefined ? undefined : nearestWord(typed, known);
  const help = `guard${command === '' ? '' : ` ${command}`} --help`;
  return new GuardError('usage', printable(message), {
    hint: meant === undefined ? help : `did you mean ${meant}? ${help} shows all`,
    cause: error,
  });
}

/** For a word that is none of those which may stand there; `outer` is the command before it. */
export function unknownWord(typed: string, known: readonly string[], outer: string): GuardError {
  const meant = nearestWord(typed, known);
  const expected = `expected ${known.join(', ')} after guard ${outer}`;
  return new GuardError('usage', `${expected}, got ${printable(typed)}`, {
    hint: meant === undefined ? `guard ${outer} --help` : `did you mean guard ${outer} ${meant}?`,
  });
}
