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

/** Protected paths, ready to compare with. Paths are held folded, since some file systems ignore case. */
export interface Protection {
  readonly baseDir: string;
  readonly paths: ReadonlySet<string>;
  /** Folders above protected paths, except those that hold the server's folder or the home folder. */
  readonly parents: ReadonlySet<string>;
  /** Last names of protected paths and of their parents, for texts that are one name. */
  readonly names: ReadonlySet<string>;
  readonly texts: ProtectedTexts;
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
  };
}

/** The form in which paths are compared: composed characters, lower case. */
export function foldPath(path: string): string {
  const lower = path.toLowerCase();
  return BEYOND_ASCII.test(lower) ? lower.normalize('NFC') : lower;
}

/** The folders above a path, nearest first, the root left out. */
export function ancestorsOf(path: string): string[] {
  const ancestors: string[] = [];
  for (let at = lastSeparator(path); at > 0; at = lastSeparator(path, at - 1))
    ancestors.push(path.slice(0, at));
  return ancestors;
}

function lastSeparator(path: string, from = path.length): number {
  return Math.max(path.lastIndexOf('/', from), path.lastIndexOf('\\', from));
}
