import { readdirSync, readFileSync } from 'node:fs';
import { systemErrorCode } from '../platform/errors.js';
import type { Environment } from '../platform/paths.js';
import type { ProcessTree } from './process-tree.js';

/** The tree as all processes whose environment holds the variable `mark`, where there is a /proc. */
export function markedTree(env: Environment, mark: string): ProcessTree {
  const entry = Buffer.from(`\0${mark}=1\0`);
  return {
    spawn: { env: { ...env, [mark]: '1' }, detached: false },
    signal(_leader, signal) {
      for (const pid of processesWith(entry)) {
        try {
          process.kill(pid, signal);
        } catch (error) {
          // It ended in between, or became another user's.
          const code = systemErrorCode(error);
          if (code !== 'ESRCH' && code !== 'EPERM') throw error;
        }
      }
    },
    alive: () => processesWith(entry).length > 0,
  };
}

/** The running processes whose environment holds the entry; the dead have none, other users' is not to be read. */
function processesWith(entry: Buffer): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && holds(name, entry))
    .map(Number);
}

function holds(pid: string, entry: Buffer): boolean {
  try {
    // The first entry has no NUL before it.
    return Buffer.concat([NUL, readFileSync(`/proc/${pid}/environ`)]).includes(entry);
  } catch {
    return false;
  }
}

const NUL = Buffer.from('\0');
