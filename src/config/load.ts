import { compileLayers, type LoadedConfig, type LoadOptions, type LoadResult } from './compile-layers.js';
import { draftLayers, secretsOf } from './draft.js';
import type { LayerDraft } from './draft.js';
import type { LayerFiles } from './layers.js';
import { locateLayers, type Located } from './locate.js';
import { ConfigInvalidError } from './mistakes.js';
import { GuardError } from '../platform/errors.js';

export type { LoadedConfig, LoadOptions, LoadResult };

/** A config whose files are found and read, but not looked into. */
export interface ConfigDraft {
  /** Environment variables that the config uses: they are guard's, not the server's. */
  readonly secretNames: ReadonlySet<string>;
  /** Parses, validates and compiles. Throws GuardError config-invalid with every mistake in its message. */
  finish(): Promise<LoadedConfig>;
}

/**
 * Finds and reads the config of all layers, which takes a millisecond, so that a server can be
 * started while the rest is done. Throws GuardError config-insecure, config-not-found, or
 * config-invalid for files that cannot be read.
 */
export async function draftConfig(options: LoadOptions): Promise<ConfigDraft> {
  const located = await locateLayers(options);
  const drafts = draftLayers(located);
  const secretNames = secretsOf(drafts);
  return {
    secretNames,
    async finish() {
      const result = await compileDrafts(located, drafts, options);
      if (!result.ok) throw new ConfigInvalidError(result.mistakes);
      const unseen = result.config.secrets.names.find((name) => !secretNames.has(name));
      if (unseen !== undefined) {
        throw new GuardError('config-invalid', `the reference to ${unseen} is written with escapes`, {
          hint: `write it plainly: \${${unseen}}`,
        });
      }
      return result.config;
    },
  };
}

/**
 * Loads the config of all layers. Throws GuardError: config-invalid with every mistake in its
 * message, config-insecure, config-not-found.
 */
export async function loadConfig(options: LoadOptions): Promise<LoadedConfig> {
  const draft = await draftConfig(options);
  return draft.finish();
}

/** Like `loadConfig`, but what is wrong with the contents comes back as a value. */
export async function tryLoadConfig(options: LoadOptions, given?: LayerFiles): Promise<LoadResult> {
  if (given !== undefined) return compileLayers(given, options);
  const located = await locateLayers(options);
  return compileDrafts(located, draftLayers(located), options);
}

async function compileDrafts(
  located: Located,
  drafts: readonly LayerDraft[],
  options: LoadOptions,
): Promise<LoadResult> {
  if (drafts.length === 0) return compileLayers({ located, files: [] }, options);
  // The parser and the schema are half of the start-up: without a file they are not loaded.
  const { validateLayers } = await import('./layers.js');
  return compileLayers({ located, files: validateLayers(drafts, options.env) }, options);
}
