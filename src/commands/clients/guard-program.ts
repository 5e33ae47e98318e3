import fs from 'node:fs';
import path from 'node:path';
import { VERSION } from '../../platform/version.js';
import { findCommand } from '../doctor/commands-check.js';
import type { ClientWorld } from './client-world.js';

const PACKAGE = 'mcp-guard';

/** What decides about the word for guard. */
interface ProgramPlace {
  /** A project's file: no path of this machine may go into it. */
  readonly shared: boolean;
  /** Its client is started from the desktop, where PATH is bare. */
  readonly isDesktop: boolean;
}

/**
 * The words that start guard in a client's file. In shared files the published package by `npx`; else
 * `guard`, where that word means this program for a client that has the shell's PATH; else Node.js and
 * this program by their absolute paths.
 */
export function programWords({ shared, isDesktop }: ProgramPlace, { files, program }: ClientWorld): string[] {
  // What npx unpacked is gone with its cache.
  const isPassing = program.script.split(/[\\/]/).includes('_npx');
  if (shared || isPassing) {
    const npx = ['npx', '-y', `${PACKAGE}@${VERSION.split('.')[0] ?? ''}`];
    return files.platform === 'win32' ? ['cmd', '/c', ...npx] : npx;
  }
  if (!isDesktop && isOnPath(files, program.script)) return ['guard'];
  return [program.node, program.script];
}

/** Whether `guard` is this program, and not another of that name or one that the project brings. */
function isOnPath({ env, project }: ClientWorld['files'], script: string): boolean {
  const found = findCommand('guard', env, project);
  if (found === undefined || isInside(found, project)) return false;
  try {
    const real = fs.realpathSync(found);
    if (real === script) return true;
    // On Windows a shim stands beside the folder of packages.
    return (
      fs.realpathSync(path.join(path.dirname(found), 'node_modules', PACKAGE, 'bin', 'guard.js')) === script
    );
  } catch {
    return false;
  }
}

function isInside(file: string, folder: string): boolean {
  const relative = path.relative(folder, file);
  return !relative.startsWith('..') && !path.isAbsolute(relative);
}
