import { lstatSync } from 'node:fs';
import path from 'node:path';
import { GuardError } from '../platform/errors.js';
import type { Environment, GuardPaths } from '../platform/paths.js';
import { findProjectFile } from './project-file.js';
import type { Trust } from './read-file.js';

/** The layers that come from files. */
export type FileLayer = 'system' | 'user' | 'project';

/** One layer's file. */
export interface LayerLocation {
  readonly layer: FileLayer;
  readonly path: string;
  readonly trust: Trust;
}

/** Which files are the layers. */
export interface Located {
  /** From the system layer to the project layer; absent layers are left out. */
  readonly layers: readonly LayerLocation[];
  /** All places where a layer's file is or could appear. */
  readonly candidates: readonly string[];
  readonly notes: readonly string[];
}

/** What to look for. */
export interface LocateOptions {
  readonly cwd: string;
  readonly env: Environment;
  /** The file that `--config` names; `GUARD_CONFIG` counts where it is undefined. */
  readonly configFile?: string | undefined;
  readonly paths: GuardPaths;
}

const USER_FILES = ['guard.yaml', 'guard.yml', 'guard.json'];

/**
 * Finds the layers' files. A named file takes the place of the user's and the project's file; the
 * system's file always counts. Throws GuardError config-not-found for a named file that is absent.
 */
export async function locateLayers(options: LocateOptions): Promise<Located> {
  const { paths } = options;
  const system = { layer: 'system', path: paths.systemConfigFile, trust: 'owner-only' } as const;
  const layers: LayerLocation[] = isThere(system.path) ? [system] : [];
  const named = options.configFile ?? options.env['GUARD_CONFIG'];
  if (named !== undefined && named !== '') {
    const file = path.resolve(options.cwd, named);
    if (!isThere(file)) {
      throw new GuardError('config-not-found', `no config file at ${file}`, {
        hint:
          options.configFile === undefined
            ? 'the variable GUARD_CONFIG names it'
            : 'guard init writes a starter file',
      });
    }
    return {
      layers: [...layers, { layer: 'user', path: file, trust: 'owner-only' }],
      candidates: [system.path, file],
      notes: [],
    };
  }

  const userPlaces = USER_FILES.map((name) => path.join(paths.userConfigDir, name));
  const userFiles = userPlaces.filter(isThere);
  const user = userFiles[0];
  if (user !== undefined) layers.push({ layer: 'user', path: user, trust: 'owner-only' });
  const project = await findProjectFile(options.cwd, [system.path, ...userPlaces]);
  if (project.path !== undefined) layers.push({ layer: 'project', path: project.path, trust: 'anyone' });
  return {
    layers,
    candidates: [...new Set([system.path, ...userPlaces, ...project.candidates])],
    notes: userFiles.slice(1).map((file) => `${file} is not read, because ${user ?? ''} is there`),
  };
}

/** True for anything that stands there, a dangling symlink included; trouble shows when it is read. */
function isThere(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
}
