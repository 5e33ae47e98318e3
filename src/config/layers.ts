import type { Environment } from '../platform/paths.js';
import type { Secrets } from './interpolate.js';
import { interpolate } from './interpolate.js';
import type { ValueMistake } from './issues.js';
import type { LocateOptions, Located, LayerLocation } from './locate.js';
import { locateLayers } from './locate.js';
import type { ConfigPath, Mistake, Position } from './mistakes.js';
import { pathText } from './mistakes.js';
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
 * Finds, reads and validates all layers. Mistakes of the contents are collected; throws GuardError
 * config-not-found, config-insecure or config-invalid for files that cannot be read at all.
 */
export function readLayers(options: LocateOptions): LayerFiles {
  const located = locateLayers(options);
  const files: LayerFile[] = [];
  for (const location of located.layers) {
    // A layer without a label of its own has the label of the layers above it.
    files.push(readLayer(location, options.env, files.at(-1)?.environment));
  }
  return { located, files };
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

/** A mistake of a value at its place in the file. */
export function placed(mistake: ValueMistake, file: string, locate: LayerFile['locate']): Mistake {
  const { line, column } = locate(mistake.path, mistake.at);
  const { message, hint } = mistake;
  return {
    file,
    line,
    column,
    path: pathText(mistake.path),
    message,
    ...(hint === undefined ? {} : { hint }),
  };
}

/** Messages can quote patterns and names that were interpolated. */
export function withoutSecrets(mistake: Mistake, secrets: Secrets): Mistake {
  const hide = (text: string): string =>
    secrets.values.reduce((shown, value) => shown.replaceAll(value, '[secret]'), text);
  const { message, hint, path } = mistake;
  return {
    ...mistake,
    path: hide(path),
    message: hide(message),
    ...(hint === undefined ? {} : { hint: hide(hint) }),
  };
}
