import type { LayerDraft } from './draft.js';
import type { Environment } from '../platform/paths.js';
import { interpolate, type Secrets } from './interpolate.js';
import { parseConfigText } from './parse.js';
import type { LayerLocation, Located } from './locate.js';
import type { ConfigPath, Mistake, Position } from './mistakes.js';
import { placed, withoutSecrets } from './place.js';
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

/** Reads into and validates the layers, from the system's to the project's. Mistakes are collected. */
export function validateLayers(drafts: readonly LayerDraft[], env: Environment): LayerFile[] {
  const files: LayerFile[] = [];
  // A layer without a label of its own has the label of the layers above it.
  for (const draft of drafts) files.push(validateLayer(draft, env, files.at(-1)?.environment));
  return files;
}

/** Reads into and validates one layer; `environmentAbove` is the label of the layers above it. */
export function validateLayer(
  { location, text, digest }: LayerDraft,
  env: Environment,
  environmentAbove: string | undefined,
): LayerFile {
  const parsed = parseConfigText(location.path, text);
  const base = { ...location, digest, locate: parsed.locate };
  if (parsed.value === undefined) {
    const secrets = { names: [], values: [] };
    return { ...base, config: undefined, environment: environmentAbove, secrets, mistakes: parsed.mistakes };
  }
  const variables = location.layer === 'project' ? undefined : env;
  const { value, secrets, problems } = interpolate(parsed.value, variables);
  const unresolved = problems.map(({ path }) => path);
  const validated = validateConfig(value, parsed.value, unresolved, environmentAbove);
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
