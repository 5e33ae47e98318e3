import type { LoadOptions } from './compile-layers.js';
import { draftConfig } from './draft-config.js';
import { validateLayers } from './layers.js';
import { ConfigInvalidError } from './mistakes.js';
import { mergeSettings, type Settings } from './settings.js';

/**
 * What the config says of the audit log, for commands that read or add to it. Mistakes elsewhere in a
 * file, or in where heads go, such as a variable that is set for the guards only, keep nobody from looking at the log.
 * Throws GuardError: config-invalid where a file cannot be parsed or is wrong in its `audit` key,
 * config-insecure, config-not-found.
 */
export async function findAuditSettings(options: LoadOptions): Promise<Settings['audit']> {
  const { layers } = await draftConfig(options);
  const files = validateLayers(layers, options.env).filter(({ layer }) => layer !== 'project');
  const mistakes = files.flatMap((file) =>
    file.config === undefined
      ? file.mistakes
      : file.mistakes.filter(({ path }) => /^audit\b(?!\.anchor\b)/.test(path)),
  );
  if (mistakes.length > 0) throw new ConfigInvalidError(mistakes);
  const settings = files.flatMap(({ layer, path: file, config }) =>
    config === undefined ? [] : [{ layer, file, config }],
  );
  return mergeSettings(settings, options.paths).audit;
}
