import { BoundedMemory } from '../platform/bounded-memory.js';
import {
  PATH_CHARS_MAX,
  PROTECTION_KEYS_MAX,
  PROTECTION_KEY_CHARS_MAX,
  PROTECTION_PLACES_MAX,
} from '../platform/bounds.js';
import { isWithin } from './path-text.js';
import type { PolicyPorts } from './ports.js';
import { type ProtectedTexts, compileProtectedTexts } from './protected-text.js';

/** What guard protects against the calls that it governs. */
export interface ProtectionSource {
  /** Absolute files and folders: guard's config, state, keys and audit files, client config files. */
  readonly paths: readonly string[];
  /** The folder in which the server runs; relative paths in arguments start here. */
  readonly baseDir: string;
}

/** Where a canonical path stands to what is protected. */
export type Place = 'within' | 'above' | 'apart';

/** What the key of a member says about the member. */
export interface KeyTraits {
  /** Whether the key itself has to be looked at as a text: it looks like a path or holds a protected one. */
  readonly isSuspect: boolean;
  /** Whether its value may be a path even where it does not look like one: it may be a symlink's name. */
  readonly holdsPath: boolean;
  /** Whether its value may be a command line; the words in it are looked at like paths. */
  readonly holdsCommand: boolean;
}

/** Protected paths, ready to compare with. Paths are held folded, since some file systems ignore case. */
export interface Protection {
  readonly baseDir: string;
  readonly paths: ReadonlySet<string>;
  /** Folders above protected paths, except those that hold the server's folder or the home folder. */
  readonly parents: ReadonlySet<string>;
  /** Last names of protected paths and of their parents, for texts that are one name. */
  readonly names: ReadonlySet<string>;
  readonly texts: ProtectedTexts;
  /** What was found out about canonical paths and about keys, since the same few come in every call. */
  readonly places: BoundedMemory<Place>;
  readonly keys: BoundedMemory<KeyTraits>;
}

const BEYOND_ASCII = /[^ -~]/;

/** Prepares the comparison; canonical forms are looked up here, once. */
export function compileProtection(source: ProtectionSource, ports: PolicyPorts): Protection {
  const { baseDir } = source;
  const canonical = source.paths.map((path) => ports.canonicalPath(path, baseDir) ?? path);
  const all = [...new Set([...source.paths, ...canonical])];
  const home = ports.canonicalPath('~', baseDir);
  const paths = new Set(all.map(foldPath));
  const workplaces = [
    ports.canonicalPath('.', baseDir) ?? baseDir,
    ...(home === undefined ? [] : [home]),
  ].map(foldPath);
  const parents = new Set<string>();
  for (const path of paths) {
    for (const parent of ancestorsOf(path)) {
      // Naming the folder that one works in, or a folder above it, is everyday business.
      if (!workplaces.some((workplace) => isWithin(workplace, parent))) parents.add(parent);
    }
  }
  return {
    baseDir,
    paths,
    parents,
    names: new Set([...paths, ...parents].map((path) => path.slice(lastSeparator(path) + 1))),
    texts: compileProtectedTexts(all, home === undefined ? [] : [home]),
    places: new BoundedMemory(PROTECTION_PLACES_MAX, PATH_CHARS_MAX),
    keys: new BoundedMemory(PROTECTION_KEYS_MAX, PROTECTION_KEY_CHARS_MAX),
  };
}

/** Where a canonical path stands to what is protected. */
export function placeOf(protection: Protection, canonical: string): Place {
  return (
    protection.places.get(canonical) ?? protection.places.set(canonical, findPlace(protection, canonical))
  );
}

function findPlace({ paths, parents }: Protection, canonical: string): Place {
  const path = foldPath(canonical);
  if (paths.has(path) || ancestorsOf(path).some((ancestor) => paths.has(ancestor))) return 'within';
  return parents.has(path) ? 'above' : 'apart';
}

/** The form in which paths are compared: composed characters, lower case. */
export function foldPath(path: string): string {
  const lower = path.toLowerCase();
  return BEYOND_ASCII.test(lower) ? lower.normalize('NFC') : lower;
}

/** The folders above a path, nearest first, the root left out. */
function ancestorsOf(path: string): string[] {
  const ancestors: string[] = [];
  for (let at = lastSeparator(path); at > 0; at = lastSeparator(path, at - 1))
    ancestors.push(path.slice(0, at));
  return ancestors;
}

function lastSeparator(path: string, from = path.length): number {
  return Math.max(path.lastIndexOf('/', from), path.lastIndexOf('\\', from));
}
