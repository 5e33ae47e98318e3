/** Paths as text: what a string in an argument may mean as a path, and comparison per folder name. */

const FILE_URI = /^\s*file:/i;
const LOCAL_HOSTS = new Set(['', 'localhost']);
const DRIVE = /^[A-Za-z]:$/;

/**
 * The paths that servers may take a text for: itself, or for a `file:` URI its decoded path and, since
 * many servers only cut off `file://`, the rest as it stands. Undefined where a URI names no local path.
 */
export function pathReadings(text: string): readonly string[] | undefined {
  if (!FILE_URI.test(text)) return [text];
  const decoded = decodeFileUri(text);
  if (decoded === undefined) return undefined;
  const bare = text.trim().replace(/^file:(?:\/\/(?:localhost(?=\/))?)?/i, '');
  return bare === decoded || bare === '' ? [decoded] : [decoded, bare];
}

/** The names along a path, without empty ones and `.`; both separators count where it is a Windows path. */
export function segmentsOf(path: string): string[] {
  const isWindows = /^(?:[A-Za-z]:[\\/]|\\\\)/.test(path);
  return path.split(isWindows ? /[\\/]/ : '/').filter((segment) => segment !== '' && segment !== '.');
}

/**
 * The names along the absolute path that a text states when no symlink is followed. Undefined for
 * `~`, which only the port can resolve.
 */
export function lexicalSegments(text: string, baseDir: string): string[] | undefined {
  if (text.startsWith('~')) return undefined;
  const own = segmentsOf(text);
  const isAbsolute = /^[\\/]/.test(text) || DRIVE.test(own[0] ?? '');
  const segments: string[] = [];
  for (const segment of isAbsolute ? own : [...segmentsOf(baseDir), ...own]) {
    if (segment === '..') segments.pop();
    else segments.push(segment);
  }
  return segments;
}

/** True when a canonical path is the folder or lies inside it; `/srv/database` is not inside `/srv/data`. */
export function isWithin(path: string, folder: string): boolean {
  if (!path.startsWith(folder)) return false;
  if (path.length === folder.length || /[\\/]$/.test(folder)) return true;
  const next = path.charAt(folder.length);
  return next === '/' || (next === '\\' && /^(?:[A-Za-z]:|\\\\)/.test(folder));
}

function decodeFileUri(text: string): string | undefined {
  try {
    const url = new URL(text);
    if (!LOCAL_HOSTS.has(url.hostname)) return undefined;
    const path = decodeURIComponent(url.pathname);
    return /^\/[A-Za-z]:/.test(path) ? path.slice(1) : path;
  } catch {
    return undefined;
  }
}
