import { systemErrorCode } from '../platform/errors.js';
import type { Environment } from '../platform/paths.js';
import type { ProcessTree } from './process-tree.js';

/** The tree as a process group of its own, where there is no /proc: macOS and the BSDs. */
export function groupTree(env: Environment): ProcessTree {
  return {
    spawn: { env, detached: true },
    signal(leader, signal) {
      try {
        process.kill(-leader, signal);
      } catch (error) {
        // ESRCH: nothing of the group is left, which is what was wanted. EPERM: macOS says it of zombies.
        const code = systemErrorCode(error);
        if (code !== 'ESRCH' && code !== 'EPERM') throw error;
      }
    },
    alive(leader) {
      try {
        process.kill(-leader, 0);
        return true;
      } catch {
        return false;
      }
    },
  };
}
