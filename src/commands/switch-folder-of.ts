import path from 'node:path';
import { guardPaths } from '../platform/paths.js';
import type { Tools } from './command.js';

/** Where the kill switches of this user lie. */
export function switchFolderOf({ env }: Pick<Tools, 'env'>): string {
  return path.join(guardPaths(env).stateDir, 'switch');
}
