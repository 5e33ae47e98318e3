import { compileLayers, type LoadedConfig, type LoadOptions, type LoadResult } from './compile-layers.js';
import { draftConfig, type ConfigDraft } from './draft-config.js';
import type { LayerFiles } from './layers.js';
import { ConfigInvalidError } from './mistakes.js';
import { GuardError } from '../platform/errors.js';

export type { LoadedConfig, LoadOptions, LoadResult };

/** Parses, validates and compiles a draft. Throws GuardError config-invalid with every mistake in its message. */
export async function finishConfig(draft: ConfigDraft): Promise<LoadedConfig> {
  const result = await compileDraft(draft);
  if (!result.ok) throw new ConfigInvalidError(result.mistakes);
  const unseen = result.config.secrets.names.find((name) => !draft.secretNames.has(name));
  if (unseen !== undefined) {
    throw new GuardError('config-invalid', `the reference to ${unseen} is written with escapes`, {
      hint: `write it plainly: \${${unseen}}`,
    });
  }
  return result.config;
}

/**
 * Loads the config of all layers. Throws GuardError: config-invalid with every mistake in its
 * message, config-insecure, config-not-found.
 */
export async function loadConfig(options: LoadOptions): Promise<LoadedConfig> {
  return finishConfig(await draftConfig(options));
}

/** Like `loadConfig`, but what is wrong with the contents comes back as a value. */
export async function tryLoadConfig(options: LoadOptions, given?: LayerFiles): Promise<LoadResult> {
  if (given !== undefined) return compileLayers(given, options);
  return compileDraft(await draftConfig(options));
}

async function compileDraft({ located, layers, options }: ConfigDraft): Promise<LoadResult> {
  if (layers.length === 0) return compileLayers({ located, files: [] }, options);
  // The parser and the schema are half of the start-up: without a file they are not loaded.
  const { validateLayers } = await import('./layers.js');
  return compileLayers({ located, files: validateLayers(layers, options.env) }, options);
}
