import * as z from 'zod/mini';
import { parseJson } from './json.js';

/**
 * The value of a JSON text that fits a schema; in words where and why there is none. `trouble`
 * follows the name of the text in a sentence, and `what` says what was expected: "a key file".
 */
export function checkedJson<Value>(
  text: string,
  schema: z.ZodMiniType<Value>,
  what: string,
): { readonly value: Value } | { readonly trouble: string } {
  const value = parseJson(text);
  if (value === undefined) return { trouble: 'is not JSON' };
  const parsed = z.safeParse(schema, value, { jitless: true });
  if (parsed.success) return { value: parsed.data };
  const place = parsed.error.issues[0]?.path.map(String).join('.') ?? '';
  return { trouble: `is not ${what}${place === '' ? '' : `: see ${place}`}` };
}
