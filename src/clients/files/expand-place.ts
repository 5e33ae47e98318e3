import fs from 'node:fs';
import path from 'node:path';
import { CLIENT_FILES_MAX } from '../../platform/bounds.js';
import type { Place } from '../table/client.js';
import type { FileWorld } from './file-world.js';

/** Whose files are meant: those of the user and the machine, those of the project, or both. */
export type Reach = 'user' | 'project' | 'all';

/** The absolute paths of a place on this machine, whether there is a file or not; `*` as far as there are names. */
export function expandPlace(place: Place, world: FileWorld, reach: Reach): string[] {
  const patterns = [
    ...(reach === 'project' ? [] : userPatterns(place, world)),
    ...(reach === 'user' ? [] : (place.project ?? []).map((name) => path.join(world.project, name))),
  ];
  return patterns.flatMap(expandStars);
}

function userPatterns({ files, override }: Place, world: FileWorld): string[] {
  const moved = override === undefined ? undefined : world.env[override.variable];
  const usual = (files?.[world.platform] ?? []).flatMap((pattern) => substituted(pattern, world));
  if (override === undefined || moved === undefined || !path.isAbsolute(moved)) return usual;
  const file = override.file === undefined ? moved : path.join(moved, override.file);
  // Where a variable moves the first file, the client does not read it at its usual place.
  return [file, ...(override.adds === true ? usual : usual.slice(1))];
}

/** None where a variable that the pattern needs is not set. */
function substituted(pattern: string, { platform, home, env }: FileWorld): string[] {
  const config = env['XDG_CONFIG_HOME'];
  const xdg = platform === 'linux' && config !== undefined && path.isAbsolute(config) ? config : undefined;
  let isKnown = true;
  const absolute = pattern
    .replace(/^~(?=\/)/, () => home)
    .replace(/^@config(?=\/)/, () => xdg ?? path.join(home, '.config'))
    .replace(/^%(\w+)%/, (_all, name: string) => {
      const value = env[name] ?? env[name.toUpperCase()];
      isKnown &&= value !== undefined && value !== '';
      return value ?? '';
    });
  return isKnown ? [path.normalize(absolute)] : [];
}

/** Replaces each `*` by the names that are there, folder by folder. */
function expandStars(pattern: string): string[] {
  if (!pattern.includes('*')) return [pattern];
  const parts = pattern.split(path.sep);
  let found = [parts[0] === '' ? path.sep : (parts[0] ?? '')];
  for (const part of parts.slice(1)) {
    if (!part.includes('*')) {
      found = found.map((folder) => path.join(folder, part));
      continue;
    }
    const [before = '', after = ''] = part.split('*');
    const fits = (name: string): boolean =>
      name.length >= before.length + after.length && name.startsWith(before) && name.endsWith(after);
    found = found
      .flatMap((folder) =>
        namesIn(folder)
          .filter(fits)
          .map((name) => path.join(folder, name)),
      )
      .slice(0, CLIENT_FILES_MAX);
  }
  return found;
}

function namesIn(folder: string): string[] {
  try {
    return fs.readdirSync(folder).toSorted();
  } catch {
    return [];
  }
}
