import { accessSync, constants, readFileSync, realpathSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { GuardError, messageOf } from '../platform/errors.js';

/** The project's file, and all places that were or could have been looked at. */
export interface ProjectFile {
  readonly path: string | undefined;
  readonly candidates: readonly string[];
}

/** What a project's config file may be called; no format that runs code is among them. */
export const PROJECT_PLACES = [
  'guard.yaml',
  'guard.yml',
  'guard.json',
  '.guardrc',
  '.guardrc.yaml',
  '.guardrc.yml',
  '.guardrc.json',
  '.config/guardrc',
  '.config/guardrc.yaml',
  '.config/guardrc.yml',
  '.config/guardrc.json',
  'package.json',
] as const;

interface Found {
  readonly filepath: string;
}

interface Explorer {
  search(from: string): Found | null;
}

/** The part of the class that is used; its package keeps the types to itself. */
type ExplorerClass = new (options: {
  readonly moduleName: string;
  readonly searchPlaces: readonly string[];
  readonly searchStrategy: 'none';
  readonly ignoreEmptySearchPlaces: boolean;
  readonly cache: boolean;
  readonly metaConfigFilePath: null;
  readonly applyPackagePropertyPathToConfiguration: boolean;
  readonly loaders: Readonly<Record<string, (file: string, text: string) => unknown>>;
  readonly transform: (result: Found | null) => Found | null;
}) => Explorer;

/**
 * Searches `cwd` and the folders above it, up to the home folder or the root. Files in `taken` are
 * the layers above and are passed over. Throws GuardError config-invalid where a file stands in a
 * place but cannot be read, since passing over it could loosen what it demands.
 */
export async function findProjectFile(cwd: string, taken: readonly string[]): Promise<ProjectFile> {
  const passedOver = new Set(taken.flatMap((file) => [file, realPath(file)]));
  const candidates: string[] = [];
  for (const folder of foldersFrom(cwd)) {
    const places = PROJECT_PLACES.map((place) => path.join(folder, place));
    candidates.push(...places);
    const open = places.filter(
      (place) => !passedOver.has(place) && !passedOver.has(realPath(place)) && isReadableFile(place),
    );
    if (open.length === 0) continue;
    const explorer = await explorerOf(open.map((place) => path.relative(folder, place)));
    const found = explorer.search(folder);
    if (found !== null) return { path: found.filepath, candidates };
  }
  return { path: undefined, candidates };
}

async function explorerOf(places: readonly string[]): Promise<Explorer> {
  // The package's entry point cannot be used: each call of it first reads `.config/config.*` and
  // package.json of the current folder as its own settings, and *runs* a config.js that it finds
  // there. A repository must not run code by being the current folder. The class behind the entry
  // point does only what its options say. test/config/project-file.test.ts holds this down.
  // Loaded only where there is something to find, since most folders have no config of their own.
  // A CommonJS module has its exports by name or under `default`, depending on who loads it.
  const loaded: unknown = await import('cosmiconfig/dist/ExplorerSync.js');
  const { ExplorerSync } = (
    Object.hasOwn(loaded as object, 'ExplorerSync')
      ? loaded
      : (loaded as { readonly default: unknown }).default
  ) as { readonly ExplorerSync: ExplorerClass };
  return new ExplorerSync({
    moduleName: 'guard',
    searchPlaces: places,
    searchStrategy: 'none',
    // An empty file is half-written or a mistake; passing over it could loosen what it demands.
    ignoreEmptySearchPlaces: !places.some((place) => place !== 'package.json'),
    cache: false,
    metaConfigFilePath: null,
    applyPackagePropertyPathToConfiguration: false,
    loaders: { noExt: foundLoader, '.yaml': foundLoader, '.yml': foundLoader, '.json': jsonLoader },
    transform: (result) => result,
  });
}

/** Loaders only say "this is it": the file is read and judged by read-file.ts and parse.ts. */
function foundLoader(): string {
  return 'found';
}

function jsonLoader(file: string, text: string): unknown {
  if (path.basename(file) !== 'package.json') return 'found';
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    // A broken package.json that may hold a policy is shown to be broken, not passed over.
    return text.includes('"guard"') ? { guard: 'found' } : {};
  }
}

function* foldersFrom(cwd: string): Generator<string> {
  const home = homedir();
  let folder = path.resolve(cwd);
  for (;;) {
    yield folder;
    const parent = path.dirname(folder);
    if (folder === home || parent === folder) return;
    folder = parent;
  }
}

/** True for a file that may be it; of a package.json, one that mentions the key. */
function isReadableFile(place: string): boolean {
  const stats = statOf(place);
  if (stats === undefined || stats.isDirectory()) return false;
  try {
    // A named pipe would hold the search until someone writes to it.
    if (!stats.isFile()) throw new Error('it is not a regular file');
    accessSync(place, constants.R_OK);
    return path.basename(place) !== 'package.json' || readFileSync(place).includes('"guard"');
  } catch (error) {
    if (path.basename(place) === 'package.json') return false;
    throw new GuardError('config-invalid', `cannot read config file ${place}: ${messageOf(error)}`, {
      hint: 'correct or remove the file',
      cause: error,
    });
  }
}

function statOf(place: string): ReturnType<typeof statSync> | undefined {
  try {
    return statSync(place, { throwIfNoEntry: false });
  } catch {
    // A folder above that cannot be entered: there is nothing in it that guard could obey.
    return undefined;
  }
}

function realPath(file: string): string {
  try {
    return realpathSync.native(file);
  } catch {
    return file;
  }
}
