import fs from 'node:fs';
import path from 'node:path';
import { systemErrorCode } from './errors.js';

/**
 * Makes a folder and what is missing of its parents, mode 0700; one that is there stays as it is.
 * Throws the system's error. Node's own `recursive` never returns where a folder takes no others, as
 * in /proc: there making `x` fails with ENOENT although its parent is there, and it tries for ever.
 */
export function makeFolder(folder: string): void {
  try {
    fs.mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    const parent = path.dirname(folder);
    if (systemErrorCode(error) === 'ENOENT' && parent !== folder) {
      makeFolder(parent);
      makeInParent(folder);
    } else if (!isFolder(folder)) {
      throw error;
    }
  }
}

/** Once and no more: the parent is there, so that whatever fails now stays so. */
function makeInParent(folder: string): void {
  try {
    fs.mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    // Another process was faster.
    if (!isFolder(folder)) throw error;
  }
}

function isFolder(path: string): boolean {
  try {
    return fs.statSync(path).isDirectory();
  } catch {
    return false;
  }
}
