import path from 'node:path';
import { draftLayers } from '../config/draft.js';
import { validateLayers, type LayerFile } from '../config/layers.js';
import { tryLoadConfig, type LoadedConfig } from '../config/load.js';
import { locateLayers, type LayerLocation } from '../config/locate.js';
import { ConfigInvalidError } from '../config/mistakes.js';
import { findProjectFile } from '../config/project-file.js';
import { guardPaths } from '../platform/paths.js';
import type { Tools } from './command.js';

/** How a policy file is taken that is tried and not in force. */
export interface TriedAs {
  /** Whether the system's file counts beside it, as it does once the file is in force. */
  readonly withSystem: boolean;
  /** A file that only observes or is tried dry counts as if it enforced. */
  readonly enforced: boolean;
  /** The environment that the file is judged in; undefined for its own. */
  readonly environment?: string | undefined;
}

/**
 * Loads one policy file without regard to who owns it: it is not in force, and may come from a
 * checkout. Throws GuardError config-invalid, config-not-found, config-insecure.
 */
export async function loadPolicyFile(
  file: string,
  { cwd, env }: Pick<Tools, 'cwd' | 'env'>,
  { withSystem, enforced, environment }: TriedAs,
): Promise<LoadedConfig> {
  const options = { cwd, env, paths: guardPaths(env), configFile: file };
  const located = await locateLayers(options);
  const own = await layerOfFile(path.resolve(cwd, file), options.paths.userConfigDir);
  const layers = located.layers.flatMap((location): LayerLocation[] => {
    if (location.layer !== 'system') return [withSystem ? { ...location, trust: 'anyone' } : own];
    return withSystem ? [location] : [];
  });
  const files = validateLayers(draftLayers({ ...located, layers }), env).map((one): LayerFile => {
    const { config } = one;
    return {
      ...one,
      ...(environment === undefined ? {} : { environment }),
      ...(enforced && one.layer !== 'system' && config !== undefined
        ? { config: { ...config, mode: 'enforce' } }
        : {}),
    };
  });
  const result = await tryLoadConfig(options, { located: { ...located, layers }, files });
  if (!result.ok) throw new ConfigInvalidError(result.mistakes);
  return result.config;
}

/**
 * Loads the text of a policy as if it stood in a file, by itself. Throws GuardError config-invalid.
 */
export async function loadPolicyText(
  file: string,
  text: string,
  { cwd, env }: Pick<Tools, 'cwd' | 'env'>,
): Promise<LoadedConfig> {
  const options = { cwd, env, paths: guardPaths(env) };
  const location: LayerLocation = { layer: 'user', path: file, trust: 'anyone' };
  const result = await tryLoadConfig(options, {
    located: { layers: [location], candidates: [file], notes: [] },
    files: validateLayers([{ location, text, digest: '' }], env),
  });
  if (!result.ok) throw new ConfigInvalidError(result.mistakes);
  return result.config;
}

/** The layer that a file would be by itself: the project's where the search finds it. */
export async function layerOfFile(file: string, userConfigDir: string): Promise<LayerLocation> {
  const found = await findProjectFile(path.dirname(file), []);
  const isProject = found.path === file && !file.startsWith(userConfigDir);
  return { layer: isProject ? 'project' : 'user', path: file, trust: 'anyone' };
}
