import type { Environment } from '../platform/paths.js';
import type { ProcessTree } from './process-tree.js';

/**
 * Windows has neither groups nor signals in this sense: the tree is ended by taskkill, forcibly,
 * and stdin's end is the only gentle sign. Whether something is left cannot be told.
 */
export function windowsTree(env: Environment): ProcessTree {
  return {
    spawn: { env, detached: false },
    signal: (leader) => void taskkill(leader),
    alive: () => false,
  };
}

async function taskkill(pid: number): Promise<void> {
  // Loaded only here: it is the largest package of the path and the others never need it.
  const { execa } = await import('execa');
  await execa('taskkill', ['/T', '/F', '/PID', String(pid)], { reject: false, windowsHide: true });
}
