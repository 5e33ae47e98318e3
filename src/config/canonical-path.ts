import { lstatSync, readlinkSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { PATH_CHARS_MAX, PATH_HOPS_MAX } from '../platform/bounds.js';
import { systemErrorCode } from '../platform/errors.js';

// oxlint-disable-next-line no-control-regex -- control characters are what this looks for
const CONTROL = /[\u0000-\u001f\u007f]/;
const CLIMBS = /(^|[\\/])\.\.([\\/]|$)/;

/**
 * The canonical absolute form of a path: `~` expanded, relative parts resolved against `baseDir`,
 * symlinks followed as far as the path exists, dangling ones to where they would lead. Undefined
 * where it has no certain form: control characters, more than PATH_CHARS_MAX characters, another
 * user's home, symlinks in a circle, a folder that cannot be read, and `..` behind a symlink, which
 * programs read in two ways.
 */
export function canonicalPath(text: string, baseDir: string, home: string = homedir()): string | undefined {
  if (text === '' || text.length > PATH_CHARS_MAX || CONTROL.test(text)) return undefined;
  const expanded = expandHome(text, home);
  if (expanded === undefined) return undefined;
  try {
    const lexical = followed(path.resolve(baseDir, expanded));
    if (!CLIMBS.test(expanded)) return lexical;
    const absolute = path.isAbsolute(expanded) ? expanded : `${baseDir}${path.sep}${expanded}`;
    return lexical === stepwise(absolute) ? lexical : undefined;
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return undefined;
  }
}

/** Symlinks followed in an absolute path without `..`; throws system errors other than absence. */
function followed(absolute: string): string {
  let existing = absolute;
  const missing: string[] = [];
  for (let hops = 0; hops <= PATH_HOPS_MAX;) {
    // Looked at before it is followed: for a path that is not there yet, an exception costs more than both.
    const stats = unlessMissing(() => lstatSync(existing, { throwIfNoEntry: false }));
    const real = stats === undefined ? undefined : unlessMissing(() => realpathSync.native(existing));
    if (real !== undefined) return path.join(real, ...missing.toReversed());
    if (stats?.isSymbolicLink() === true) {
      // What is written through a dangling link lands where the link points.
      existing = path.resolve(realpathSync.native(path.dirname(existing)), readlinkSync(existing));
      hops += 1;
      continue;
    }
    const parent = path.dirname(existing);
    if (parent === existing) return path.join(existing, ...missing.toReversed());
    missing.push(path.basename(existing));
    existing = parent;
  }
  throw Object.assign(new Error('too many symbolic links'), { code: 'ELOOP' });
}

/** The way the system reads a path: each `..` leaves the folder that a symlink led to. */
function stepwise(absolute: string): string {
  const root = path.parse(absolute).root;
  let current = root;
  for (const part of absolute.slice(root.length).split(/[\\/]/)) {
    if (part === '' || part === '.') continue;
    current = part === '..' ? path.dirname(current) : followed(path.join(current, part));
  }
  return current;
}

function unlessMissing<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** `~` and `~/…` as the home folder; undefined for another user's home. */
export function expandHome(text: string, home: string = homedir()): string | undefined {
  if (!text.startsWith('~')) return text;
  if (text === '~') return home;
  return text.startsWith('~/') || text.startsWith('~\\') ? path.join(home, text.slice(2)) : undefined;
}

/** An entry of a config file as an absolute path: relative ones start at the file's folder. */
export function resolveFrom(file: string, entry: string): string {
  return path.resolve(path.dirname(file), expandHome(entry) ?? entry);
}
