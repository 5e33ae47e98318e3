import type { Environment } from '../platform/paths.js';
import type { Secrets } from './interpolate.js';
import { interpolate } from './interpolate.js';
import type { LayerLocation, Located } from './locate.js';
import type { ConfigPath, Mistake, Position } from './mistakes.js';
import { placed, withoutSecrets } from './place.js';
import { parseConfigText } from './parse.js';
import { readConfigText } from './read-file.js';
import type { ConfigSource } from './schema.js';
import { validateConfig } from './validate.js';

/** One layer's file, read and validated. */
export interface LayerFile extends LayerLocation {
  /** `sha256:` and the hex digest of the file's bytes. */
  readonly digest: string;
  /** Usable only when there are no mistakes. */
  readonly config: ConfigSource | undefined;
  /** The layer's own environment, else that of the layers above. */
  readonly environment: string | undefined;
  readonly secrets: Secrets;
  readonly mistakes: readonly Mistake[];
  readonly locate: (path: ConfigPath, key?: 'key') => Position;
}

/** All layers' files. */
export interface LayerFiles {
  readonly located: Located;
  readonly files: readonly LayerFile[];
}

/**
 * Reads and validates the layers that were found. Mistakes of the contents are collected; throws
 * GuardError config-not-found, config-insecure or config-invalid for files that cannot be read.
 */
export function readLayers(located: Located, env: Environment): LayerFile[] {
  const files: LayerFile[] = [];
  for (const location of located.layers) {
    // A layer without a label of its own has the label of the layers above it.
    files.push(readLayer(location, env, files.at(-1)?.environment));
  }
  return files;
}

/** Reads and validates one layer's file. */
export function readLayer(
  location: LayerLocation,
  env: Environment,
  environmentAbove: string | undefined,
): LayerFile {
  const { text, digest } = readConfigText(location.path, location.trust);
  const parsed = parseConfigText(location.path, text);
  const base = { ...location, digest, locate: parsed.locate };
  if (parsed.value === undefined) {
    return {
      ...base,
      config: undefined,
      environment: environmentAbove,
      secrets: { names: [], values: [] },
      mistakes: parsed.mistakes,
    };
  }
  const { value, secrets, problems } = interpolate(
    parsed.value,
    location.layer === 'project' ? undefined : env,
  );
  const validated = validateConfig(
    value,
    parsed.value,
    problems.map(({ path }) => path),
    environmentAbove,
  );
  const mistakes = [
    ...parsed.mistakes,
    ...[...problems, ...validated.mistakes].map((mistake) => placed(mistake, location.path, parsed.locate)),
  ];
  return {
    ...base,
    config: validated.config,
    environment: validated.config?.environment ?? environmentAbove,
    secrets,
    mistakes: mistakes.map((mistake) => withoutSecrets(mistake, secrets)),
  };
}
