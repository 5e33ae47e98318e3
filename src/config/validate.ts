import * as z from 'zod/mini';
import type { JsonObject, JsonValue } from '../platform/json.js';
import { isJsonObject } from '../platform/json.js';
import { configMistakes } from './combinations.js';
import type { ValueMistake } from './issues.js';
import { valueMistakes } from './issues.js';
import type { ConfigPath } from './mistakes.js';
import { PLACEHOLDER_RULE } from './placeholder.js';
import { repaired } from './repair.js';
import { configSchema } from './schema.js';
import type { ConfigSource } from './schema.js';

/** A validated value: usable only when there are no mistakes. */
export interface Validated {
  /** With mistakes this is what is left of the value, for finding further mistakes only. */
  readonly config: ConfigSource | undefined;
  readonly mistakes: readonly ValueMistake[];
}

/** Building a fast parser costs more than one file is worth. */
const PARSE_ONCE = { jitless: true } as const;

/**
 * Checks a config value whole. `written` is the value before interpolation, which messages quote, so
 * that no secret gets into them; `unresolved` are the places whose text could not be interpolated.
 * `environment` is the label that the layer takes from the layers above when it states none.
 */
export function validateConfig(
  value: JsonValue,
  written: JsonValue,
  unresolved: readonly ConfigPath[],
  environment: string | undefined,
): Validated {
  if (!isJsonObject(value)) return { config: undefined, mistakes: [noConfig(value)] };
  const stripped = withoutExtensions(value);
  const parsed = z.safeParse(configSchema, stripped, PARSE_ONCE);
  if (parsed.success) {
    return { config: parsed.data, mistakes: configMistakes(parsed.data, environment, PLACEHOLDER_RULE) };
  }
  const mistakes = valueMistakes(parsed.error.issues, written).filter(
    (mistake) => !unresolved.some((path) => startsWith(mistake.path, path)),
  );
  const config = repaired(stripped, parsed.error.issues);
  if (config !== undefined) mistakes.push(...configMistakes(config, environment, PLACEHOLDER_RULE));
  return { config, mistakes };
}

function noConfig(value: JsonValue): ValueMistake {
  if (value === null) return { path: [], message: 'the file is empty', hint: "begin it with version: '1'" };
  return { path: [], message: 'expected a map of keys such as version and policies' };
}

/** Root keys that begin with `x-` hold YAML anchors and other people's notes. */
function withoutExtensions(value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !key.startsWith('x-')));
}

function startsWith(path: ConfigPath, prefix: ConfigPath): boolean {
  return prefix.every((part, index) => path[index] === part);
}
