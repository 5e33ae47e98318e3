import { GuardError } from '../../platform/errors.js';
import type { Environment } from '../../platform/paths.js';

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const REFERENCE = /\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}|\$\{/g;

/** Headers that carry the protocol or the connection; a second value of one would contradict guard's. */
const OWN_HEADERS =
  /^(accept|accept-encoding|connection|content-length|content-type|expect|host|keep-alive|last-event-id|mcp-.*|te|trailer|transfer-encoding|upgrade)$/;

/**
 * Reads `--header 'Name: value'` options; `${VAR}` and `${VAR:-default}` come from the environment,
 * `$${` stands for a plain `${`. Keys of the result are lower case. Throws GuardError `usage`, whose
 * text never shows a value.
 */
export function readHeaderOptions(
  options: readonly string[],
  env: Environment,
): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (const option of options) {
    const colon = option.indexOf(':');
    const name = option.slice(0, Math.max(colon, 0)).trim().toLowerCase();
    if (!TOKEN.test(name)) {
      throw new GuardError('usage', '--header expects a name, a colon and a value', {
        hint: "Example: --header 'Authorization: Bearer ${TOKEN}' (in single quotes, so that guard reads the variable)",
      });
    }
    if (OWN_HEADERS.test(name))
      throw new GuardError('usage', `--header: guard itself sets the header "${name}"`);
    if (Object.hasOwn(headers, name)) throw new GuardError('usage', `--header: "${name}" is given twice`);
    const value = interpolated(name, option.slice(colon + 1).trim(), env);
    if (!FIELD_VALUE.test(value)) {
      throw new GuardError('usage', `--header: the value of "${name}" holds a character that no header can`);
    }
    headers[name] = value;
  }
  return headers;
}

/** What is wrong with a header that the config names, without its value; null for one that can be sent. */
export function headerFault(name: string, value: string): string | null {
  if (!TOKEN.test(name)) return 'this is no name that a header can have';
  if (OWN_HEADERS.test(name.toLowerCase())) return 'guard itself sets this header';
  return FIELD_VALUE.test(value) ? null : 'the value holds a character that no header can';
}

function interpolated(name: string, text: string, env: Environment): string {
  return text.replace(
    REFERENCE,
    (whole: string, variable: string | undefined, fallback: string | undefined) => {
      if (whole === '$${') return '${';
      if (variable === undefined) {
        throw new GuardError('usage', `--header: expected \${VARIABLE} in the value of "${name}"`, {
          hint: 'Write $${ for a plain ${.',
        });
      }
      const found = Object.hasOwn(env, variable) ? env[variable] : undefined;
      if (found !== undefined && found !== '') return found.trim();
      if (fallback !== undefined) return fallback;
      throw new GuardError('usage', `--header: the environment variable ${variable} is not set, or empty`, {
        hint: 'Set it where the client starts guard: many clients pass on only what their config file lists under "env".',
      });
    },
  );
}
