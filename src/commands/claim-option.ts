import { GuardError } from '../platform/errors.js';
import { type JsonObject, parseJson } from '../platform/json.js';
import type { CommandInput } from './command.js';
import { textListOption } from './text-option.js';

/**
 * The claims of `--claim name=value`, which may be given several times. A value is JSON where it can
 * be read as such, else text. Throws GuardError `usage`.
 */
export function claimOption(input: CommandInput): JsonObject {
  const claims: JsonObject = {};
  for (const text of textListOption(input, 'claim')) {
    const at = text.indexOf('=');
    if (at < 1) {
      throw new GuardError('usage', '--claim expects a name, = and a value', {
        hint: `such as --claim team=billing or --claim 'groups=["ops"]'`,
      });
    }
    const value = text.slice(at + 1);
    // Not by assignment: a claim may have any name.
    Object.defineProperty(claims, text.slice(0, at), {
      value: parseJson(value) ?? value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return claims;
}
