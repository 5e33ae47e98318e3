import type { LoadOptions } from './compile-layers.js';
import { draftLayers, secretsOf } from './draft.js';
import type { LayerDraft } from './draft.js';
import { locateLayers, type Located } from './locate.js';

/** A config whose files are found and read, but not looked into; load.ts does the rest. */
export interface ConfigDraft {
  readonly options: LoadOptions;
  readonly located: Located;
  readonly layers: readonly LayerDraft[];
  /** Environment variables that the config uses: they are guard's, not the server's. */
  readonly secretNames: ReadonlySet<string>;
}

/**
 * Finds and reads the config of all layers, which takes a millisecond, so that a server can be
 * started while the rest is done. Throws GuardError config-insecure, config-not-found, or
 * config-invalid for files that cannot be read.
 */
export async function draftConfig(options: LoadOptions): Promise<ConfigDraft> {
  const located = await locateLayers(options);
  const layers = draftLayers(located);
  return { options, located, layers, secretNames: secretsOf(layers) };
}
