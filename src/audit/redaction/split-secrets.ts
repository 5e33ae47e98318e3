import { type JsonObject, type JsonValue, member } from '../../platform/json.js';
import { sensitiveKind } from './sensitive-names.js';

/** Secrets whose name stands in one place and whose value stands beside it. */

/** Members that name what another member of the same object holds. */
const NAMING = ['name', 'key', 'header', 'field', 'variable', 'param', 'parameter', 'scheme', 'type', 'id'];
/** Members that hold it. */
const HOLDING = ['value', 'val', 'content', 'data', 'text', 'parameter', 'parameters', 'default', 'current'];
const SCHEMES = /^(?:bearer|basic|digest)$/i;

/** Of `{"name":"password","value":"…"}`: which members hold what the other one announces. */
export function announcedValue(
  value: JsonObject,
): { readonly kind: string; readonly members: ReadonlySet<string> } | undefined {
  if (!HOLDING.some((name) => Object.hasOwn(value, name))) return undefined;
  for (const name of NAMING) {
    const given = member(value, name);
    const kind = typeof given === 'string' ? kindOfName(given) : undefined;
    if (kind !== undefined) return { kind, members: new Set(HOLDING.filter((other) => other !== name)) };
  }
  return undefined;
}

/**
 * What an element of a list says of the one behind it: `--password`, or `Authorization` in a list of two.
 * `length` is that of the list.
 */
export function announcedBy(before: JsonValue, length: number): string | undefined {
  if (typeof before !== 'string') return undefined;
  const option = /^--?([\w-]{1,64})$/.exec(before)?.[1];
  if (option !== undefined) return sensitiveKind(option);
  return length === 2 || /^[\w-]{1,64}:$/.test(before) ? kindOfName(before.replace(/:$/, '')) : undefined;
}

function kindOfName(name: string): string | undefined {
  return SCHEMES.test(name) ? 'authorization' : /^[\w.-]{1,64}$/.test(name) ? sensitiveKind(name) : undefined;
}
